import type { Dataset, Datum } from '../../src/data/index.ts';
import type { DatasetAdapter } from '../adapter.ts';
import { fingerprintOf } from '../fingerprint.ts';
import type { Side } from './split.ts';
import { iconTable, parsePicture } from './table.ts';

/** What differs between the datasets of the suite. */
type IconDatasetFacts = Pick<DatasetAdapter, 'key' | 'title' | 'mirrors' | 'targetOf' | 'note'>;

/** The adapter of one dataset of the suite: its own facts and those they have in common. */
export function iconDataset(facts: IconDatasetFacts): DatasetAdapter {
  const adapter: DatasetAdapter = {
    ...facts,
    classSource: 'names of the drawings, without words of style and size (datasets/icons/table.json)',
    prompt: 'a photo of a {}.',
    licence: 'permissive, by set: datasets/icons/CREDITS.md',
    homePage: 'https://iconify.design',
    citation: null,
    disk: null,
    published: null,
    load: async () => loadFromTable(adapter),
  };
  return adapter;
}

/**
 * A dataset of the suite from the committed table. Pictures come in the order of their labels, then of their sets.
 * No icon set is read: drawings are made when they are asked for.
 */
function loadFromTable(adapter: DatasetAdapter): Dataset {
  const table = iconTable();
  const { classes, pictures } = table.datasets[adapter.key];
  const splits: Record<Side, Datum[]> = { train: [], val: [], test: [] };
  const revision: Record<string, string> = {};
  for (const [set, own] of Object.entries(pictures)) {
    const { side, version } = table.sets[set];
    revision[set] = version;
    for (const text of own) {
      const { label, icon } = parsePicture(text);
      const picture = { kind: 'icon', set, icon, name: `${set}:${icon}` } as const;
      splits[side === 'shifted' ? 'test' : side].push({ picture, label });
    }
  }
  // Sorting is stable, so the sets keep their order within a class.
  for (const split of Object.values(splits)) split.sort((a, b) => a.label - b.label);
  const { key, title, prompt, mirrors, note } = adapter;
  return {
    key,
    title,
    classNames: classes,
    ...splits,
    prompt,
    mirrors,
    note,
    splitSource: 'the table of the icon suite',
    protocol: { views: 8, epochs: 'suite', mostEpochs: null },
    fingerprint: fingerprintOf({ classNames: classes, ...splits, revision, mirrors }),
  };
}

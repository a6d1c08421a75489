import type { ReportPlan } from '../plan.ts';
import { AVERAGE } from '../rows.ts';
import { sourcesOf, targetsOf } from '../test-sets.ts';
import { type PaperPlace, paperBackbone, paperSets, publishedEntry } from './lookup.ts';
import type { PaperReference, PublishedEntry, Reproduction } from './reference.ts';

/** What was published where a report has a number. Accuracies are fractions. */
export interface Published {
  /** null: not found. */
  readonly accuracy: number | null;
  /** Ids of the reference's sources, joined by `+` for an average of several. */
  readonly source: string | null;
  /** Why the number may be another variant's; null: no doubt. */
  readonly doubt: string | null;
  /** Other published values of the same number. */
  readonly alternatives: readonly { readonly accuracy: number; readonly source: string }[];
  /** What users obtained with the official code. */
  readonly reproductions: readonly Reproduction[];
}

/** What the users of some issues ran, as methods of a report. */
const REPRODUCED: Readonly<Record<string, Omit<PaperPlace, 'target'>>> = {
  coop_issue_88: { backbone: 'rn50', method: 'coop_m16_end', shots: 16, dataset: 'imagenet' },
  coop_issue_45: { backbone: 'vit_b32', method: 'coop_m16_end', shots: 16, dataset: 'imagenet' },
};

/**
 * Whether a plan's numbers can stand beside the paper's on a backbone: its sets are the paper's (all of their
 * classes), and the backbone is one of the paper's four.
 */
export function comparesWithPaper(plan: ReportPlan, backbone: string): boolean {
  if (plan.paper === undefined || paperBackbone(backbone) === null) return false;
  const sets = paperSets(plan.paper);
  return plan.cells.some(({ cell }) => sets.has(cell.dataset.key) && cell.dataset.subsample === undefined);
}

/**
 * What was published for a row of the summary. An average is the published one over the same sets, or the mean over
 * them where the reference has them all.
 *
 * @returns null where the paper has nothing of the kind: another set, another backbone, half of the classes.
 */
export function publishedFor(plan: ReportPlan, place: PaperPlace): Published | null {
  const { paper } = plan;
  if (paper === undefined || !comparesWithPaper(plan, place.backbone)) return null;
  if (place.dataset === AVERAGE) return averageOverSets(plan, paper, place);
  if (place.target === AVERAGE) return averageOverTargets(plan, paper, place);
  const found = publishedEntry(paper, place);
  if (found === null) return null;
  const { entry, doubt } = found;
  return { ...plainValue(entry), doubt, reproductions: reproductionsOf(paper, place) };
}

function averageOverSets(plan: ReportPlan, paper: PaperReference, place: PaperPlace): Published | null {
  const sets = sourcesOf(plan).map(({ key }) => key);
  const entries = sets.map((key) => publishedEntry(paper, { ...place, dataset: key, target: key }));
  const name = paperBackbone(place.backbone)!;
  const { method, shots } = place;
  const whole =
    method === 'zeroshot'
      ? paper.zeroshot[name]?.handcrafted?.average
      : paper.fewshot[name]?.[method]?.average?.[String(shots)];
  return averageOf(entries, sets.length === paperSets(paper).size ? whole : undefined);
}

function averageOverTargets(plan: ReportPlan, paper: PaperReference, place: PaperPlace): Published | null {
  const targets = targetsOf(plan, place.dataset).map(({ key }) => key);
  return averageOf(
    targets.map((target) => publishedEntry(paper, { ...place, target })),
    undefined,
  );
}

/** @param whole The published average over exactly these sets. */
function averageOf(
  entries: readonly ReturnType<typeof publishedEntry>[],
  whole: PublishedEntry | undefined,
): Published | null {
  const found = entries.filter((entry) => entry !== null);
  if (found.length < entries.length || found.length === 0) return null;
  const doubt = found.find((entry) => entry.doubt !== null)?.doubt ?? null;
  const rest = { doubt, reproductions: [] };
  if (whole !== undefined && whole.mean !== null) return { ...plainValue(whole), ...rest };
  const means = found.map(({ entry }) => entry.mean).filter((mean) => mean !== null);
  if (means.length < found.length)
    return { ...plainValue({ mean: null, source: null }), ...rest, doubt: null };
  const sources = [...new Set(found.map(({ entry }) => entry.source))].sort();
  const mean = means.reduce((a, b) => a + b, 0) / means.length;
  return { ...plainValue({ mean, source: sources.join('+') }), ...rest };
}

function plainValue(entry: PublishedEntry): Pick<Published, 'accuracy' | 'source' | 'alternatives'> {
  return {
    accuracy: entry.mean === null ? null : fraction(entry.mean),
    source: entry.mean === null ? null : entry.source,
    alternatives: (entry.alternatives ?? []).map(({ mean, source }) => ({
      accuracy: fraction(mean),
      source,
    })),
  };
}

/** Percent as printed to a fraction that prints the same digits: 62.95 becomes 0.6295. */
const fraction = (percent: number): number => Number((percent / 100).toFixed(8));

function reproductionsOf(paper: PaperReference, place: PaperPlace): readonly Reproduction[] {
  if (place.target !== place.dataset) return [];
  return paper.reproductions.filter(({ source }) => {
    const ran = REPRODUCED[source];
    return (
      ran !== undefined &&
      ran.backbone === paperBackbone(place.backbone) &&
      ran.method === place.method &&
      ran.shots === place.shots &&
      ran.dataset === place.dataset
    );
  });
}

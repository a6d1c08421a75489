/**
 * Makes `table.json` and `CREDITS.md` from the pinned packages: `npx tsx datasets/icons/build-table.ts`.
 *
 * 1. Read the names of every set and find the drawing it has for each concept (`candidates.ts`).
 * 2. Draw what the eleven sets and the shifted styles may use (`collect.ts`).
 * 3. Divide the families, remove repeated drawings, drop classes below their minimum (`assemble.ts`).
 * 4. Write the table, print what was left out.
 *
 * Nothing is random: the same packages and lists give the same bytes. With `--check` nothing is written, and the
 * exit code says whether the committed files are what the packages give.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Assembly } from './assemble.ts';
import { assemble, minimaOf } from './assemble.ts';
import type { Picture } from './collect.ts';
import { collect } from './collect.ts';
import { readCredits, renderCredits } from './credits.ts';
import { familyOf, pinnedSets, SHIFTED_STYLES } from './sets.ts';
import type { Side } from './split.ts';
import type { IconTable, Minima, TableDataset, TableSet } from './table.ts';

/** One dataset's part of the table. `sideOf` tells where a picture stands. */
function tableDataset(
  classes: readonly string[],
  byClass: ReadonlyMap<string, readonly Picture[]>,
  minima: Minima | null,
  sideOf: (picture: Picture) => Side,
): TableDataset {
  const pictures: Record<string, string[]> = {};
  const count: Record<Side, number> = { train: 0, val: 0, test: 0 };
  let covered = 0;
  const all = classes.flatMap((name, label) => {
    const own = byClass.get(name) ?? [];
    if (own.length > 0) covered++;
    return own.map((picture) => ({ picture, label }));
  });
  const sets = [...new Set(all.map(({ picture }) => picture.set))].sort();
  for (const set of sets) pictures[set] = [];
  for (const { picture, label } of all) {
    pictures[picture.set].push(`${label} ${picture.icon}`);
    count[sideOf(picture)]++;
  }
  return { classes, pictures, summary: { classes: covered, ...count }, minima };
}

/** The whole table. */
function tableOf(assembly: Assembly): IconTable {
  const shifted = new Set<string>(Object.values(SHIFTED_STYLES).flat());
  const used = new Set([...assembly.source.values()].flat().map(({ set }) => set));
  const sets: Record<string, TableSet> = {};
  for (const [set, version] of pinnedSets()) {
    const family = familyOf(set);
    if (shifted.has(set)) sets[set] = { version, family, side: 'shifted' };
    else if (used.has(set)) sets[set] = { version, family, side: assembly.sides.get(family)! };
  }
  const datasets: Record<string, TableDataset> = {};
  for (const [key, classes] of assembly.classes) {
    datasets[key] = tableDataset(classes, assembly.source, minimaOf(key), ({ family }) => {
      return assembly.sides.get(family)!;
    });
  }
  const icons = assembly.classes.get('icons')!;
  for (const [style, byClass] of assembly.shifted) {
    datasets[style] = tableDataset(icons, byClass, null, () => 'test');
  }
  return { sets, datasets };
}

/** JSON with one line a set of a dataset, so that a change shows where it is. */
function renderTable(table: IconTable): string {
  const datasets = Object.entries(table.datasets).map(([key, { classes, pictures, summary, minima }]) => {
    const lines = Object.entries(pictures).map(([set, own]) => `      "${set}": ${JSON.stringify(own)}`);
    return (
      `    "${key}": {\n      "summary": ${JSON.stringify(summary)},\n` +
      `      "minima": ${JSON.stringify(minima)},\n` +
      `      "classes": ${JSON.stringify(classes)},\n      "pictures": {\n${lines.join(',\n')}\n      }\n    }`
    );
  });
  const sets = Object.entries(table.sets).map(([set, facts]) => `    "${set}": ${JSON.stringify(facts)}`);
  return `{\n  "sets": {\n${sets.join(',\n')}\n  },\n  "datasets": {\n${datasets.join(',\n')}\n  }\n}\n`;
}

/** Every drawing's name in the given order, several a line. */
function listed(title: string, names: readonly string[]): void {
  console.log(`${names.length} ${title}${names.length > 0 ? `: ${names.join(', ')}` : ''}`);
}

const credits = renderCredits(readCredits());
const collection = collect();
const assembly = assemble(collection);
const table = tableOf(assembly);
const text = renderTable(table);

listed('blank drawings left out', collection.blank);
listed('drawings left out that stand under two classes', assembly.ambiguous);
listed('drawings left out that repeat on another side', assembly.repeated);
listed('classes below their minimum', assembly.dropped);
for (const [key, { summary }] of Object.entries(table.datasets)) {
  const { classes, train, val, test } = summary;
  console.log(`${key.padEnd(15)} ${classes} classes, ${train} train, ${val} val, ${test} test`);
}
console.log(`table.json: ${text.length} bytes`);

const files = [
  ['table.json', text],
  ['CREDITS.md', credits],
] as const;
if (process.argv.includes('--check')) {
  for (const [name, expected] of files) {
    if (readFileSync(new URL(name, import.meta.url), 'utf8') !== expected) {
      console.error(
        `datasets/icons/${name} is not what the packages give: run datasets/icons/build-table.ts`,
      );
      process.exitCode = 1;
    }
  }
} else {
  for (const [name, content] of files) writeFileSync(new URL(name, import.meta.url), content);
}

import { readFileSync } from 'node:fs';
import type { Side } from './split.ts';

/** Pictures and classes of one dataset, as the script counted them. */
export interface TableSummary {
  readonly classes: number;
  readonly train: number;
  readonly val: number;
  readonly test: number;
}

/** Smallest numbers of pictures with which a class stays in a dataset. */
export interface Minima {
  readonly train: number;
  readonly test: number;
  readonly testFamilies: number;
}

/** One of the eleven sets, or a shifted style. */
export interface TableDataset {
  /** Class names in the order of their labels. A shifted style has those of `icons`. */
  readonly classes: readonly string[];
  /** Pictures by set: "label icon", sorted by label. */
  readonly pictures: Readonly<Record<string, readonly string[]>>;
  readonly summary: TableSummary;
  /** What every class has at least; null for a shifted style, which takes what its sets draw. */
  readonly minima: Minima | null;
}

/** One set of the table. */
export interface TableSet {
  /** Version of its package, so of its drawings. */
  readonly version: string;
  readonly family: string;
  /** Where its pictures stand; the sets of the shifted styles stand in no side of the source. */
  readonly side: Side | 'shifted';
}

/** What `table.json` holds; made by `build-table.ts`, read by the adapters. */
export interface IconTable {
  readonly sets: Readonly<Record<string, TableSet>>;
  readonly datasets: Readonly<Record<string, TableDataset>>;
}

let table: IconTable | undefined;

/** The committed table; read once (a few milliseconds). */
export function iconTable(): IconTable {
  table ??= JSON.parse(readFileSync(new URL('table.json', import.meta.url), 'utf8')) as IconTable;
  return table;
}

/** Splits a picture of the table, "label icon", into its parts. */
export function parsePicture(text: string): { label: number; icon: string } {
  const space = text.indexOf(' ');
  return { label: Number(text.slice(0, space)), icon: text.slice(space + 1) };
}

import { type CellRecord, canonicalJson } from '../../config/index.ts';

/** Something of the circumstances of two runs, in words. */
export interface RunFact {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** How a fact is read from a record; null: the record does not have it. */
type Reading = readonly [what: string, read: (record: CellRecord) => string | null];

const READINGS: readonly Reading[] = [
  ['code revision', ({ run }) => run.gitRevision ?? 'unknown'],
  ['backbone', ({ cell }) => `${cell.backbone.name} (${cell.backbone.sha256.slice(0, 12)})`],
  ['methods', ({ cell }) => cell.method.key],
  ['shots', ({ cell }) => (cell.shots === 0 ? null : String(cell.shots))],
  ['seeds', ({ cell }) => (cell.seed === null ? null : String(cell.seed))],
  ['sets learned on', ({ cell }) => cell.dataset.key],
  ['engine', ({ cell }) => `${cell.runtime.engine}, ${cell.runtime.device}, ${cell.runtime.precision}`],
  ['test pictures at most', ({ cell }) => (cell.limit === null ? 'all' : String(cell.limit))],
  ['machine', ({ run }) => run.host],
  [
    'versions',
    ({ run }) =>
      Object.entries(run.versions)
        .map((entry) => entry.join(' '))
        .join(', '),
  ],
];

/**
 * What two runs have different, and what is the same: code, models, methods, sets, seeds, versions, and the settings of the
 * methods and the tasks of the sets that both have.
 */
export function whatDiffers(
  first: readonly CellRecord[],
  second: readonly CellRecord[],
): { readonly different: readonly RunFact[]; readonly same: readonly RunFact[] } {
  const facts = [
    ...READINGS.map(([what, read]) => fact(what, values(first, read), values(second, read))),
    ...common(first, second, ({ cell }) => cell.method.key, settingsOf),
    ...common(first, second, ({ cell }) => cell.dataset.key, taskOf),
  ];
  return {
    different: facts.filter(({ a, b }) => a !== b),
    same: facts.filter(({ a, b }) => a === b && a !== ''),
  };
}

function fact(what: string, a: readonly string[], b: readonly string[]): RunFact {
  return { what, a: a.join(', '), b: b.join(', ') };
}

function values(records: readonly CellRecord[], read: Reading[1]): readonly string[] {
  const found = new Set(records.map(read).filter((value) => value !== null));
  const numbers = [...found].every((value) => value !== '' && Number.isFinite(Number(value)));
  return [...found].sort((a, b) => (numbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

/** Facts of what both runs have under one name and not alike; what is alike is not listed. */
function common(
  first: readonly CellRecord[],
  second: readonly CellRecord[],
  nameOf: (record: CellRecord) => string,
  read: (record: CellRecord) => Readonly<Record<string, string>>,
): readonly RunFact[] {
  const names = [...new Set(first.map(nameOf))].filter((name) =>
    second.some((other) => nameOf(other) === name),
  );
  return names.flatMap((name) => {
    const [a, b] = [first, second].map((records) => {
      const mine = records.filter((record) => nameOf(record) === name).map(read);
      const fields = new Set(mine.flatMap((facts) => Object.keys(facts)));
      return new Map(
        [...fields].map((field) => [field, [...new Set(mine.map((facts) => facts[field] ?? '–'))].sort()]),
      );
    }) as [Map<string, string[]>, Map<string, string[]>];
    const fields = [...new Set([...a.keys(), ...b.keys()])].sort();
    const facts = fields.map((field) =>
      fact(`${name}: ${field}`, a.get(field) ?? ['–'], b.get(field) ?? ['–']),
    );
    return facts.filter((of) => of.a !== of.b);
  });
}

/** Settings that do not follow from the shot count alone. */
function settingsOf({ cell }: CellRecord): Readonly<Record<string, string>> {
  const { kind: _, key: __, ...settings } = cell.method;
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      `${canonicalJson(value)}${name === 'epochs' ? ` (${cell.shots}-shot)` : ''}`,
    ]),
  );
}

function taskOf({ cell }: CellRecord): Readonly<Record<string, string>> {
  return { 'split and classes': cell.dataset.fingerprint.slice(0, 12) };
}

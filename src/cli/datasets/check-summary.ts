import type { PublishedCounts } from '../../../datasets/index.ts';
import type { DuplicatePair, PictureCheck, PictureProblem } from '../../data/index.ts';

/** A dataset that was looked at. */
export interface CheckedDataset {
  readonly key: string;
  readonly title: string;
  readonly splitSource: string | null;
  readonly fingerprint: string | null;
  readonly counts: PublishedCounts | null;
  /** Null where no sizes were published. */
  readonly published: PublishedCounts | null;
  readonly pictures: PictureCheck | null;
  /** Why it could not be read; null where it could. */
  readonly problem: string | null;
  readonly sound: boolean;
}

/** Pictures named for each thing that is wrong. */
const NAMED = 5;

function named<T>(items: readonly T[], words: (item: T) => string): string[] {
  const rest = items.length - NAMED;
  return [
    ...items.slice(0, NAMED).map((item) => `    ${words(item)}`),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

const problemWords = ({ part, name, reason }: PictureProblem): string => `${part} ${name}: ${reason}`;
const pairWords = ({ first, second }: DuplicatePair): string =>
  `${first.part} ${first.name} = ${second.part} ${second.name}`;

function countLines(counts: PublishedCounts, published: PublishedCounts | null): string[] {
  return (['classes', 'train', 'val', 'test'] as const).map((name) => {
    const count = String(counts[name]).padStart(8);
    if (published === null) return `  ${name.padEnd(10)}${count}`;
    const verdict = counts[name] === published[name] ? 'as published' : `published: ${published[name]}`;
    return `  ${name.padEnd(10)}${count}  ${verdict}`;
  });
}

function pictureLines(check: PictureCheck, deep: boolean): string[] {
  const { pictures, missing, decoded, unreadable, listedTwice, sameContent } = check;
  const count = (n: number): string => String(n).padStart(8);
  return [
    `  ${'pictures'.padEnd(10)}${count(pictures)}  ${missing.length === 0 ? 'all there' : `${missing.length} missing`}`,
    ...named(missing, problemWords),
    ...(deep
      ? [
          `  ${'decoded'.padEnd(10)}${count(decoded)}  ${unreadable.length === 0 ? 'all readable' : `${unreadable.length} damaged`}`,
        ]
      : []),
    ...named(unreadable, problemWords),
    ...(listedTwice.length > 0
      ? [`  ${'twice'.padEnd(10)}${count(listedTwice.length)}  listed more than once`]
      : []),
    ...named(listedTwice, pairWords),
    `  ${'equal'.padEnd(10)}${count(sameContent.length)}  pairs of one content in two lists`,
    ...named(sameContent, pairWords),
  ];
}

/** The summary of a check, as text that can be pasted. */
export function formatChecks(checked: readonly CheckedDataset[], deep: boolean): string {
  return checked
    .map(({ key, title, splitSource, fingerprint, counts, published, pictures, problem, sound }) => {
      const head = `${sound ? 'ok     ' : 'PROBLEM'} ${key} (${title})`;
      if (problem !== null || counts === null || pictures === null) {
        const lines = (problem ?? '').split('\n').map((line) => `  ${line}`);
        return [head, ...lines].join('\n');
      }
      return [
        head,
        `  split     ${splitSource}; fingerprint ${fingerprint?.slice(0, 12)}`,
        ...countLines(counts, published),
        ...pictureLines(pictures, deep),
      ].join('\n');
    })
    .map((text) => `${text}\n\n`)
    .join('');
}

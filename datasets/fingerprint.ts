import { createHash, type Hash } from 'node:crypto';
import { canonicalJson } from '../src/config/index.ts';
import type { Datum } from '../src/data/index.ts';

/** What a dataset's fingerprint covers. */
export interface FingerprintInput {
  readonly classNames: readonly string[];
  readonly train: readonly Datum[];
  readonly val: readonly Datum[];
  readonly test: readonly Datum[];
  /** Version of the pictures where names alone do not tell it (the packages of the icon sets); else null. */
  readonly revision: Readonly<Record<string, string>> | null;
  /** See `Dataset.mirrors`: training crops, and so the numbers, depend on it. */
  readonly mirrors: boolean;
}

/** Rows hashed at once: ImageNet's text would be 60 MB in one piece. */
const BLOCK = 8192;

function addRows(hash: Hash, split: readonly Datum[]): void {
  hash.update('[');
  for (let begin = 0; begin < split.length; begin += BLOCK) {
    const rows = split
      .slice(begin, begin + BLOCK)
      .map(({ picture, label }) => `[${JSON.stringify(picture.name)},${label}]`);
    hash.update(`${begin === 0 ? '' : ','}${rows.join(',')}`);
  }
  hash.update(']');
}

/**
 * SHA-256 (hex) of the canonical JSON of class names, picture names, labels, revision and mirroring.
 *
 * Order counts: the few-shot draw follows it. Paths do not: the same split elsewhere is the same task.
 */
export function fingerprintOf({ classNames, train, val, test, revision, mirrors }: FingerprintInput): string {
  const versions = revision === null ? null : Object.entries(revision).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256');
  const head = canonicalJson({ classNames, mirrors, revision: versions });
  hash.update(`${head.slice(0, -1)},"test":`);
  addRows(hash, test);
  hash.update(',"train":');
  addRows(hash, train);
  hash.update(',"val":');
  addRows(hash, val);
  return hash.update('}').digest('hex');
}

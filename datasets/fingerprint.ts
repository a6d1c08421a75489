import { createHash } from 'node:crypto';
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

/**
 * SHA-256 (hex) of the canonical JSON of class names, picture names, labels, revision and mirroring.
 *
 * Order counts: the few-shot draw follows it. Paths do not: the same split elsewhere is the same task.
 */
export function fingerprintOf({ classNames, train, val, test, revision, mirrors }: FingerprintInput): string {
  const rows = (split: readonly Datum[]): (string | number)[][] =>
    split.map(({ picture, label }) => [picture.name, label]);
  const versions = revision === null ? null : Object.entries(revision).sort(([a], [b]) => (a < b ? -1 : 1));
  const canonical = canonicalJson({
    classNames,
    mirrors,
    revision: versions,
    test: rows(test),
    train: rows(train),
    val: rows(val),
  });
  return createHash('sha256').update(canonical).digest('hex');
}

import type { HashAlgorithm } from '../files/index.ts';

/** A published hash of a file's bytes. */
export interface Digest {
  readonly algorithm: HashAlgorithm;
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

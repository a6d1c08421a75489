import { hash } from 'node:crypto';
import { canonicalJson } from '../config/index.ts';
import { FEATURE_KEY_LENGTH } from './key-index.ts';

/** Everything an image feature depends on. */
export interface FeatureIdentity {
  /** SHA-256 (hex) of the picture's content: a file's bytes, or a drawing's source. */
  readonly picture: string;
  /** Transform and its parameters, e.g. `test-64`, and for training which view: `train-64 view 3 seed 1`. */
  readonly view: string;
  /** SHA-256 (hex) of the checkpoint. */
  readonly checkpoint: string;
  readonly engine: string;
  readonly device: string;
  readonly precision: string;
}

/**
 * Names features by what they were computed from: a grid asks for some hundred thousand, so what pictures share is
 * written once.
 *
 * @returns Of a picture, 32 hexadecimal characters of the SHA-256 of the canonical JSON; a key of `FeatureStore`.
 */
export function featureKeys(shared: Omit<FeatureIdentity, 'picture'>): (picture: string) => string {
  // No string within the text can hold this: its quotes would be escaped.
  const [before, after] = canonicalJson({ ...shared, picture: '' }).split('"picture":""') as [string, string];
  return (picture) =>
    hash('sha256', `${before}"picture":${JSON.stringify(picture)}${after}`).slice(0, FEATURE_KEY_LENGTH);
}

import { createHash } from 'node:crypto';
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
 * Names a feature by what it was computed from.
 *
 * @returns 32 hexadecimal characters of the SHA-256 of the canonical JSON; a key of `FeatureStore`.
 */
export function featureKey(identity: FeatureIdentity): string {
  return createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, FEATURE_KEY_LENGTH);
}

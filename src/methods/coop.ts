import type { TextWeights, Tokenizer } from '../clip/index.ts';
import { type ClassTokenPosition, type MethodConfig, UserError } from '../config/index.ts';
import { stream } from '../data/index.ts';
import type { SgdSettings } from './sgd-settings.ts';

/** Standard deviation of a random context. */
const CONTEXT_STD = 0.02;

/** Context optimisation. */
export interface CoOpConfig extends MethodConfig, SgdSettings {
  readonly kind: 'coop';
  /** Number of learned context vectors, M. */
  readonly nCtx: number;
  readonly position: ClassTokenPosition;
  /** Class-specific context: one [M, D] a class instead of one for all. */
  readonly csc: boolean;
  /** Words whose embeddings start the context (unified only), or null: N(0, 0.02). */
  readonly ctxInit: string | null;
}

/** Pictures of a step: 32, or all where there are fewer. The last short batch of an epoch is dropped. */
export function batchSizeFor(count: number, batchSize: number): number {
  return Math.min(count, batchSize);
}

/**
 * The context training starts from: N(0, 0.02), or the embeddings of `ctxInit`'s words.
 * @returns [M, W], or [K, M, W] if class-specific.
 * @throws {UserError} CONTEXT_WORDS: the words are not M tokens of this vocabulary.
 */
export function initialContext(
  { nCtx, csc, ctxInit }: Pick<CoOpConfig, 'nCtx' | 'csc' | 'ctxInit'>,
  {
    classCount,
    seed,
    text,
    tokenizer,
  }: { classCount: number; seed: number; text: TextWeights; tokenizer: Tokenizer },
): Float32Array {
  const { width } = text.architecture;
  if (ctxInit === null) {
    const random = stream('context', seed);
    return Float32Array.from(
      { length: (csc ? classCount : 1) * nCtx * width },
      () => CONTEXT_STD * random.normal(),
    );
  }
  const tokens = tokenizer.encode(ctxInit);
  if (csc || tokens.length !== nCtx) {
    throw new UserError('CONTEXT_WORDS', {
      where: `a context of ${nCtx}${csc ? ' class-specific' : ''} vectors that starts from "${ctxInit}"`,
      expected: `${nCtx} tokens of the checkpoint's vocabulary, for one context of all classes`,
      found: `${tokens.length} tokens`,
      hint: 'a checkpoint with a larger vocabulary, or a method that starts at random',
    });
  }
  const embedding = text.tokenEmbedding.attributes.data as Float32Array;
  const ctx = new Float32Array(nCtx * width);
  tokens.forEach((id, m) => {
    ctx.set(embedding.subarray(id * width, (id + 1) * width), m * width);
  });
  return ctx;
}

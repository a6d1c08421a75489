import type { BackboneIdentity, Cell, ClassTokenPosition } from '../config/index.ts';

/** The vectors of a learned prompt. K classes, M vectors, W text width. */
export interface LearnedContext {
  /** [M, W] for all classes, or [K, M, W], row by row. */
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** The grid's cell that a prompt was learned in. */
export interface PromptOrigin {
  readonly key: string;
  /** As the file has it: a file of another version may hold fields that this one does not know. */
  readonly cell: Pick<Cell, 'dataset' | 'backbone' | 'shots' | 'seed'> & {
    readonly method: { readonly key: string; readonly epochs: number };
  };
}

/** Embeddings of the tokens around a context, as CoOp's own files keep them. */
export interface FixedTokens {
  /** [K, 1, W]: start of text; null where the file has none. */
  readonly prefix: Float32Array | null;
  /** [K, L − 1 − M, W]: class name, ".", end of text, padding. */
  readonly suffix: Float32Array;
  /** K */
  readonly classCount: number;
  /** L − 1 − M */
  readonly length: number;
}

/** A learned prompt as read from a file. What the file does not say is null. */
export interface LearnedPrompt {
  readonly path: string;
  /** Words for a person: whose file it is. */
  readonly form: string;
  readonly context: LearnedContext;
  /** M */
  readonly nCtx: number;
  /** W */
  readonly width: number;
  /** One context a class. */
  readonly csc: boolean;
  readonly position: ClassTokenPosition | null;
  /** K names in the order of the labels. */
  readonly classNames: readonly string[] | null;
  readonly backbone: BackboneIdentity | null;
  readonly origin: PromptOrigin | null;
  readonly fixedTokens: FixedTokens | null;
}

/** K of a class-specific context, or null for one that serves any classes. */
export function contextClasses({ csc, context }: Pick<LearnedPrompt, 'csc' | 'context'>): number | null {
  return csc ? context.shape[0]! : null;
}

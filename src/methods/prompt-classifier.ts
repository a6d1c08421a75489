import { coopPrompts, layOutPrompts, type TextWeights, type Tokenizer } from '../clip/index.ts';
import type { ClassTokenPosition } from '../config/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';
import { cosineLogits, promptFeaturesGraph } from './coop-graph.ts';
import type { LearnedPrompt } from './learned-prompt.ts';
import { runOnce } from './run-once.ts';
import { normalizeRows } from './zero-shot.ts';

/**
 * Text features of a learned prompt's classes.
 *
 * @param prompt Its width must be that of `text`; a class-specific one has as many contexts as there are names.
 * @returns [K, E], rows of length 1.
 * @throws {UserError} PROMPT_TOO_LONG
 */
export async function promptWeights(
  engine: Engine,
  text: TextWeights,
  tokenizer: Tokenizer,
  { context, nCtx, csc }: Pick<LearnedPrompt, 'context' | 'nCtx' | 'csc'>,
  position: ClassTokenPosition,
  classNames: readonly string[],
): Promise<Float32Array> {
  const { contextLength } = text.architecture;
  const prompts = coopPrompts(tokenizer, classNames, { nCtx, position, contextLength });
  const layout = layOutPrompts(prompts, csc);
  const graph = promptFeaturesGraph({ layout, text, nCtx });
  const { text_features: features } = await runOnce(engine, graph, { ctx: context.data });
  return normalizeRows(features!, text.projection.weight.shape[0]!);
}

/** Probabilities of K classes for pictures: softmax of exp(logit_scale) · cosine. Compiled for B rows at a time. */
export class ProbabilityHead {
  /** B */
  readonly batch: number;
  readonly #executable: Executable;
  readonly #weights: Float32Array;
  readonly #embedDim: number;
  readonly #classes: number;

  private constructor(batch: number, executable: Executable, weights: Float32Array, embedDim: number) {
    this.batch = batch;
    this.#executable = executable;
    this.#weights = weights;
    this.#embedDim = embedDim;
    this.#classes = weights.length / embedDim;
  }

  /**
   * @param weights [K, E], text features; `logitScale` is exp(logit_scale).
   * @param batch B, rows of one run.
   */
  static async compile(
    engine: Engine,
    { weights, embedDim, logitScale }: { weights: Float32Array; embedDim: number; logitScale: number },
    batch: number,
  ): Promise<ProbabilityHead> {
    const images = ir.input('images', [batch, embedDim]);
    const text = ir.input('text', [weights.length / embedDim, embedDim]);
    const probabilities = ir.softmax(cosineLogits(images, text, logitScale));
    const executable = await engine.compile(ir.makeGraph({ probabilities }));
    return new ProbabilityHead(batch, executable, weights, embedDim);
  }

  /** @param features [n, E], not normalised. @returns [n, K] */
  async probabilities(features: Float32Array): Promise<Float32Array> {
    const count = features.length / this.#embedDim;
    const out = new Float32Array(count * this.#classes);
    // Rows that fill up the last run must have a length other than 0; their results are dropped.
    const images = new Float32Array(this.batch * this.#embedDim).fill(1);
    for (let start = 0; start < count; start += this.batch) {
      const size = Math.min(this.batch, count - start);
      images.set(features.subarray(start * this.#embedDim, (start + size) * this.#embedDim));
      const fetched = await this.#executable.run({ images, text: this.#weights });
      out.set(fetched.probabilities!.subarray(0, size * this.#classes), start * this.#classes);
    }
    return out;
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }
}

/** A class and how probable it is. */
export interface RankedClass {
  /** Index of the class. */
  readonly label: number;
  readonly probability: number;
}

/** The `top` most probable classes of one picture, most probable first; the lower label first of equals. */
export function rankClasses(probabilities: Float32Array, top: number): RankedClass[] {
  return Array.from(probabilities, (probability, label) => ({ label, probability }))
    .sort((a, b) => b.probability - a.probability || a.label - b.label)
    .slice(0, top);
}

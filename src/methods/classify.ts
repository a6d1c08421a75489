import * as ir from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';
import { argmaxRows } from './linear-classifier.ts';
import type { FittedMethod } from './method.ts';

/** Rows scored at a time. */
const CHUNK_ROWS = 4096;

/**
 * Goes over rows in chunks of one size, so that what is compiled for it serves all: the last one is filled up with
 * zeros, and `used` says how many of its rows count.
 * @param features [n, dim] @param most Rows of a chunk.
 */
export async function forRowChunks(
  features: Float32Array,
  dim: number,
  visit: (rows: Float32Array, start: number, used: number) => Promise<void>,
  most: number = CHUNK_ROWS,
): Promise<void> {
  const count = features.length / dim;
  const size = Math.min(count, most);
  for (let start = 0; start < count; start += size) {
    let rows = features.subarray(start * dim, (start + size) * dim);
    if (rows.length < size * dim) {
      const padded = new Float32Array(size * dim);
      padded.set(rows);
      rows = padded;
    }
    await visit(rows, start, Math.min(size, count - start));
  }
}

/** A linear classifier of image features as a fitted method's scores. @param weights [K, E] @param bias [K] */
export function linearScorer(
  classifier: Classifier,
  weights: Float32Array,
  bias: Float32Array,
): Pick<Extract<FittedMethod, { reads: 'features' }>, 'reads' | 'scores'> {
  return { reads: 'features', scores: (features) => classifier.scores(features, weights, bias) };
}

/** Scores features against class weights on an engine; keeps what it compiled for the sizes it met. */
export class Classifier {
  readonly #compiled = new Map<string, Executable>();

  constructor(private readonly engine: Engine) {}

  /**
   * The class with the highest score x · w_k + b_k of each row; the first of equals. With rows of w of one
   * length and no bias this is the class of the highest cosine.
   * @param features [n, E] @param weights [K, E] @param bias [K] @returns n labels
   */
  async predict(features: Float32Array, weights: Float32Array, bias: Float32Array): Promise<Int32Array> {
    const classes = bias.length;
    const dim = weights.length / classes;
    const count = features.length / dim;
    const labels = new Int32Array(count);
    await forRowChunks(features, dim, async (x, start, used) => {
      const scores = await this.scores(x, weights, bias);
      labels.set(argmaxRows(scores, classes).subarray(0, used), start);
    });
    return labels;
  }

  /** Scores x · w_k + b_k of few rows, in one run. @param features [n, E] @returns [n, K] */
  async scores(features: Float32Array, weights: Float32Array, bias: Float32Array): Promise<Float32Array> {
    const classes = bias.length;
    const dim = weights.length / classes;
    const executable = await this.#compiledFor(features.length / dim, dim, classes);
    const { scores } = await executable.run({ x: features, weights, bias });
    return scores!;
  }

  /** Gives the memory back; the classifier is not used after. */
  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await compiled.dispose();
    this.#compiled.clear();
  }

  async #compiledFor(rows: number, dim: number, classes: number): Promise<Executable> {
    const key = `${rows} ${dim} ${classes}`;
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      const x = ir.input('x', [rows, dim]);
      const scores = ir.linear(x, ir.input('weights', [classes, dim]), ir.input('bias', [classes]));
      compiled = await this.engine.compile(ir.makeGraph({ scores }));
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }
}

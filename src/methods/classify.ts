import * as ir from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';
import { argmaxRows } from './linear-classifier.ts';

/** Rows scored at a time. */
const CHUNK_ROWS = 4096;

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
    const rows = Math.min(count, CHUNK_ROWS);
    const labels = new Int32Array(count);
    const executable = await this.#scores(rows, dim, classes);
    for (let start = 0; start < count; start += rows) {
      let x = features.subarray(start * dim, (start + rows) * dim);
      if (x.length < rows * dim) {
        const padded = new Float32Array(rows * dim);
        padded.set(x);
        x = padded;
      }
      const { scores } = await executable.run({ x, weights, bias });
      labels.set(argmaxRows(scores!, classes).subarray(0, Math.min(rows, count - start)), start);
    }
    return labels;
  }

  /** Gives the memory back; the classifier is not used after. */
  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await compiled.dispose();
    this.#compiled.clear();
  }

  async #scores(rows: number, dim: number, classes: number): Promise<Executable> {
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

import { type Checkpoint, encodeImages } from '../clip/index.ts';
import { normalizationTable, normalizeInto, type RgbImage } from '../data/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';

/** Pictures a run of the tower takes: large enough to be fast, and the same always, so that bits repeat. */
function batchFor(resolution: number): number {
  return resolution <= 96 ? 32 : 8;
}

/** A frozen image tower, compiled for one batch size. */
export class ImageEncoder {
  readonly resolution: number;
  /** E */
  readonly embedDim: number;
  readonly batch: number;
  readonly #executable: Executable;
  readonly #table: Float32Array;

  private constructor(checkpoint: Checkpoint, executable: Executable) {
    this.resolution = checkpoint.architecture.vision.resolution;
    this.embedDim = checkpoint.architecture.embedDim;
    this.batch = batchFor(this.resolution);
    this.#executable = executable;
    this.#table = normalizationTable(checkpoint.facts.normalization);
  }

  static async compile(engine: Engine, checkpoint: Checkpoint): Promise<ImageEncoder> {
    const batch = batchFor(checkpoint.architecture.vision.resolution);
    const features = encodeImages(checkpoint, batch);
    return new ImageEncoder(checkpoint, await engine.compile(ir.makeGraph({ features })));
  }

  /**
   * Features of pictures that come one by one.
   * @param count n @param load makes picture i at the model's resolution R × R.
   * @returns [n, E], not normalised.
   */
  async encode(count: number, load: (i: number) => Promise<RgbImage>): Promise<Float32Array> {
    const pixels = 3 * this.resolution ** 2;
    const features = new Float32Array(count * this.embedDim);
    const image = new Float32Array(this.batch * pixels);
    for (let start = 0; start < count; start += this.batch) {
      const size = Math.min(this.batch, count - start);
      for (let i = 0; i < size; i++) normalizeInto(await load(start + i), image, i * pixels, this.#table);
      // What is left of an earlier batch fills the last one; its rows are dropped.
      const fetched = await this.#executable.run({ image });
      features.set(fetched.features!.subarray(0, size * this.embedDim), start * this.embedDim);
    }
    return features;
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }
}

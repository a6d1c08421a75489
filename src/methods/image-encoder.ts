import { type Checkpoint, encodeImages } from '../clip/index.ts';
import { inOrder, normalizationTable, normalizeInto, type RgbImage } from '../data/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';

/** Pictures a run of the tower takes: large enough to be fast, and the same always, so that bits repeat. */
export function batchFor(resolution: number): number {
  return resolution <= 96 ? 32 : 8;
}

/** What an encoder reads of a checkpoint. */
type Model = Pick<Checkpoint, 'weights' | 'architecture' | 'facts'>;

/** Features of the pictures of one batch. */
export interface EncodedPictures {
  /** Indices of the n pictures, ascending. */
  readonly indices: readonly number[];
  /** [n, E], not normalised. */
  readonly features: Float32Array;
}

/** A frozen image tower, compiled for one batch size. */
export class ImageEncoder {
  readonly resolution: number;
  /** E */
  readonly embedDim: number;
  readonly batch: number;
  readonly #executable: Executable;
  readonly #table: Float32Array;

  private constructor(checkpoint: Model, executable: Executable) {
    this.resolution = checkpoint.architecture.vision.resolution;
    this.embedDim = checkpoint.architecture.embedDim;
    this.batch = batchFor(this.resolution);
    this.#executable = executable;
    this.#table = normalizationTable(checkpoint.facts.normalization);
  }

  static async compile(engine: Engine, checkpoint: Model): Promise<ImageEncoder> {
    const batch = batchFor(checkpoint.architecture.vision.resolution);
    const features = encodeImages(checkpoint, batch);
    return new ImageEncoder(checkpoint, await engine.compile(ir.makeGraph({ features })));
  }

  /**
   * Features of pictures that are loaded one by one.
   * @param count n @param load makes picture i at the model's resolution R × R.
   * @param ahead See `encodeBatches`.
   * @returns [n, E], not normalised.
   */
  async encode(count: number, load: (i: number) => Promise<RgbImage>, ahead = 0): Promise<Float32Array> {
    const features = new Float32Array(count * this.embedDim);
    for await (const { indices, features: rows } of this.encodeBatches(count, load, ahead)) {
      if (indices.length > 0) features.set(rows, indices[0]! * this.embedDim);
    }
    return features;
  }

  /**
   * Features batch by batch, while the pictures of the next batches are loaded. Batch b is pictures b · `batch` and
   * following, whatever `ahead` is and whichever are left out. A caller that stops early waits for what is being
   * loaded.
   *
   * @param count Pictures in all.
   * @param load makes picture i at the model's resolution R × R, or null to leave it out.
   * @param ahead Pictures to load beyond the batch that runs, rounded up to batches: they are held in memory.
   * @returns One answer a batch, in order; empty where all its pictures were left out.
   * @throws What `load` throws, when its batch's turn has come.
   */
  async *encodeBatches(
    count: number,
    load: (i: number) => Promise<RgbImage | null>,
    ahead = 0,
  ): AsyncGenerator<EncodedPictures> {
    const loadBatch = async (b: number) => {
      const length = Math.min(this.batch, count - b * this.batch);
      const loading = Array.from({ length }, (_, i) => load(b * this.batch + i));
      // All are awaited before the first failure is passed on, so that nothing goes on behind the caller's back.
      await Promise.allSettled(loading);
      return Promise.all(loading);
    };
    const batches = inOrder(Math.ceil(count / this.batch), loadBatch, Math.ceil(ahead / this.batch));
    const image = new Float32Array(this.batch * 3 * this.resolution ** 2);
    let start = 0;
    for await (const pictures of batches) {
      yield await this.#run(pictures, start, image);
      start += this.batch;
    }
  }

  /** @param image [batch, 3, R, R]: filled with the pictures from the first row on. */
  async #run(
    pictures: readonly (RgbImage | null)[],
    start: number,
    image: Float32Array,
  ): Promise<EncodedPictures> {
    const pixels = 3 * this.resolution ** 2;
    const indices: number[] = [];
    for (const [i, picture] of pictures.entries()) {
      if (picture === null) continue;
      normalizeInto(picture, image, indices.length * pixels, this.#table);
      indices.push(start + i);
    }
    if (indices.length === 0) return { indices, features: new Float32Array() };
    // What is left of an earlier batch fills the last one; its rows are dropped.
    const fetched = await this.#executable.run({ image });
    return { indices, features: fetched.features!.slice(0, indices.length * this.embedDim) };
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }
}

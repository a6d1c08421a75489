import { encodeImages } from '../clip/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';
import { cosineLogits } from './coop-graph.ts';
import type { ImageTuningSpec } from './image-tuning-graph.ts';
import { argmaxRows } from './linear-classifier.ts';

/** Scores pictures by an image tower of one's own against fixed text features. */
export class PixelClassifier {
  /** Pictures of one run. */
  readonly batch: number;
  readonly #executable: Executable;
  readonly #classCount: number;

  private constructor(executable: Executable, batch: number, classCount: number) {
    this.#executable = executable;
    this.batch = batch;
    this.#classCount = classCount;
  }

  /** @param textFeatures [K, E], of any length. @param batch Pictures of one run. */
  static async compile(
    engine: Engine,
    model: ImageTuningSpec['model'],
    textFeatures: Float32Array,
    batch: number,
  ): Promise<PixelClassifier> {
    const { embedDim } = model.architecture;
    const classCount = textFeatures.length / embedDim;
    const text = ir.constant(textFeatures, [classCount, embedDim], 'text features');
    const scores = cosineLogits(encodeImages(model, batch), text, 1);
    const executable = await engine.compile(ir.makeGraph({ scores }));
    return new PixelClassifier(executable, batch, classCount);
  }

  /**
   * Cosines with the classes.
   * @param images [batch, 3, R, R], normalised; rows behind `count` hold anything. @returns [count, K]
   */
  async scores(images: Float32Array, count: number): Promise<Float32Array> {
    const { scores } = await this.#executable.run({ image: images });
    return scores!.subarray(0, count * this.#classCount);
  }

  /**
   * The likeliest class of each picture; the first of equals.
   * @param count Pictures in all. @param load Pictures of some indices: [n, 3, R, R]. @returns labels
   */
  async predict(
    count: number,
    load: (indices: readonly number[]) => Promise<Float32Array>,
  ): Promise<Int32Array> {
    const predicted = new Int32Array(count);
    let images: Float32Array | null = null;
    for (let start = 0; start < count; start += this.batch) {
      const size = Math.min(this.batch, count - start);
      const loaded = await load(Array.from({ length: size }, (_, i) => start + i));
      images ??= new Float32Array((loaded.length / size) * this.batch);
      images.set(loaded);
      predicted.set(argmaxRows(await this.scores(images, size), this.#classCount), start);
    }
    return predicted;
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }
}

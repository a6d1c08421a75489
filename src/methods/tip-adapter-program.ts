import type { Graph } from '../ir/index.ts';
import type { Engine, Executable } from '../runtime/index.ts';
import type { Program } from './method.ts';
import {
  affinityGraph,
  type CacheShape,
  cacheLogitsGraph,
  tipAdapterStepGraph,
} from './tip-adapter-graph.ts';

/** Few-shot pictures as keys, each in a slot of its class, and what the prompts say. */
export interface PictureCache {
  readonly shape: CacheShape;
  /** [K·S, E]: features of length 1, zeros in empty slots. */
  readonly keys: Float32Array;
  /** [K, S]: 1 for a slot with a key, 0 for an empty one. */
  readonly filled: Float32Array;
  /** [K, E]: the zero-shot classifier, rows of length 1. */
  readonly text: Float32Array;
}

/** How much the keys count, α, and how quickly that falls with distance, β. */
export interface Strengths {
  readonly alpha: number;
  readonly beta: number;
}

/** Tip-Adapter's numeric part for one shape of cache. What is compiled for a number of rows is kept. */
export class TipAdapterProgram implements Program {
  readonly #compiled = new Map<string, Executable>();

  constructor(
    private readonly engine: Engine,
    private readonly shape: CacheShape,
    private readonly logitScale: number,
  ) {}

  /** The loss of a batch, and its gradient for the keys. @param images [B, E], not normalised. @param labels [B] */
  async step(
    { keys, filled, text }: PictureCache,
    images: Float32Array,
    labels: Int32Array,
    { alpha, beta }: Strengths,
  ): Promise<{ readonly logits: Float32Array; readonly loss: number; readonly keysGrad: Float32Array }> {
    const rows = labels.length;
    const step = await this.#compile(`step ${rows}`, () =>
      tipAdapterStepGraph(this.shape, this.logitScale, rows),
    );
    const fetched = await step.run({
      image_features: images,
      labels,
      keys,
      filled,
      text_features: text,
      alpha: Float32Array.of(alpha),
      beta: Float32Array.of(beta),
    });
    return { logits: fetched.logits!, loss: fetched.loss![0]!, keysGrad: fetched.keys_grad! };
  }

  /** What of the logits depends on neither α nor β: [B, K] and [B, K·S]. @param images [B, E], not normalised. */
  async affinity({ keys, text }: PictureCache, images: Float32Array) {
    const rows = images.length / this.shape.embedDim;
    const affinity = await this.#compile(`affinity ${rows}`, () =>
      affinityGraph(this.shape, this.logitScale, rows),
    );
    const fetched = await affinity.run({ image_features: images, keys, text_features: text });
    return { promptLogits: fetched.prompt_logits!, affinity: fetched.affinity! };
  }

  /** The keys' part of the logits, before α: [B, K]. @param affinity [B, K·S] */
  async cacheLogits({ filled }: PictureCache, affinity: Float32Array, beta: number): Promise<Float32Array> {
    const rows = affinity.length / (this.shape.classes * this.shape.slots);
    const sums = await this.#compile(`sums ${rows}`, () => cacheLogitsGraph(this.shape, rows));
    const fetched = await sums.run({ affinity, filled, beta: Float32Array.of(beta) });
    return fetched.cache_logits!;
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await compiled.dispose();
    this.#compiled.clear();
  }

  async #compile(name: string, graph: () => Graph): Promise<Executable> {
    let compiled = this.#compiled.get(name);
    if (compiled === undefined) {
      compiled = await this.engine.compile(graph());
      this.#compiled.set(name, compiled);
    }
    return compiled;
  }
}

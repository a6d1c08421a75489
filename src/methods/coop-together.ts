import { layOutPrompts, type Prompt, packedRows } from '../clip/index.ts';
import type { Engine } from '../runtime/index.ts';
import { type CoOpStepSpec, coopTogetherGraph, togetherFeaturesGraph } from './coop-graph.ts';
import type { StepTogether } from './coop-training.ts';
import { runOnce } from './run-once.ts';

/** Most fits in one graph: beyond it little is gained. */
const MOST_FITS = 6;

/**
 * Rows of all fits' prompts together that are still worth one graph. Small graphs wait for their calls more than for
 * their products; in large ones what lies between two operations falls out of the core's cache.
 */
const MOST_ROWS = 1024;

/** How many fits of a task go into one graph: 1 where one alone fills it. */
export function fitsTogether(prompts: readonly Prompt[], csc: boolean): number {
  // Class-specific contexts share no prefix but the start of text, which is one row.
  const rows = packedRows(layOutPrompts(prompts, csc));
  return Math.max(1, Math.min(MOST_FITS, Math.floor(MOST_ROWS / rows)));
}

/** G fits of CoOp in one graph, compiled. */
export interface TogetherProgram {
  readonly step: StepTogether;
  /** @param ctx [G, M, W] or [G, K, M, W]. @returns [G, K, E], not normalised. */
  textFeatures(ctx: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** @param spec Of one fit. */
export async function compileTogether(
  engine: Engine,
  spec: CoOpStepSpec,
  groups: number,
): Promise<TogetherProgram> {
  const step = await engine.compile(coopTogetherGraph(spec, groups));
  return {
    async step(ctx, imageFeatures, labels) {
      const fetched = await step.run({ ctx, image_features: imageFeatures, labels });
      return { logits: fetched.logits!, losses: fetched.losses!, ctxGrad: fetched.ctx_grad! };
    },
    async textFeatures(ctx) {
      const fetched = await runOnce(engine, togetherFeaturesGraph(spec, groups), { ctx });
      return fetched.text_features!;
    },
    dispose: () => step.dispose(),
  };
}

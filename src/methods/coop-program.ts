import { packedRows } from '../clip/index.ts';
import type { Engine } from '../runtime/index.ts';
import { compileChunkedCoOp } from './coop-chunks.ts';
import { type CoOpStepSpec, coopStepGraph, promptFeaturesGraph } from './coop-graph.ts';
import { runOnce } from './run-once.ts';

/** What one step gives. */
export interface CoOpStep {
  /** [B, K] */
  readonly logits: Float32Array;
  readonly loss: number;
  /** Of the context's shape. */
  readonly ctxGrad: Float32Array;
}

/** CoOp's numeric part for one set of classes and one batch size, compiled. */
export interface CoOpProgram {
  /** @param ctx [M, W] or [K, M, W]. @param imageFeatures [B, E], not normalised. @param labels [B]. */
  step(ctx: Float32Array, imageFeatures: Float32Array, labels: Int32Array): Promise<CoOpStep>;
  /** [K, E], not normalised. */
  textFeatures(ctx: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Bytes of activations the gradient of one graph keeps, about: each of N rows keeps some 20 W floats a layer
 * (queries, keys, values, the MLP's 4 W before and after its activation, layer normalisations).
 */
function activationBytes(rows: number, width: number, layers: number): number {
  return rows * width * layers * 20 * 4;
}

/** Above this a step is run in chunks, which costs a second forward pass. */
const ACTIVATION_LIMIT = 1.2e9;

/** How many chunks keep a step's memory within bounds; a function of the task alone, so results repeat. */
export function chunkCount({ layout, text }: Pick<CoOpStepSpec, 'layout' | 'text'>): number {
  const { width, layers } = text.architecture;
  return Math.max(1, Math.ceil(activationBytes(packedRows(layout), width, layers) / ACTIVATION_LIMIT));
}

/**
 * Compiles CoOp for one task.
 * @param chunks Default: as many as memory asks for. Any number gives the same values within rounding.
 */
export async function compileCoOp(
  engine: Engine,
  spec: CoOpStepSpec,
  chunks: number = chunkCount(spec),
): Promise<CoOpProgram> {
  if (chunks > 1) return compileChunkedCoOp(engine, spec, chunks);
  const step = await engine.compile(coopStepGraph(spec));
  return {
    async step(ctx, imageFeatures, labels) {
      const fetched = await step.run({ ctx, image_features: imageFeatures, labels });
      return { logits: fetched.logits!, loss: fetched.loss![0]!, ctxGrad: fetched.ctx_grad! };
    },
    async textFeatures(ctx) {
      const fetched = await runOnce(engine, promptFeaturesGraph(spec), { ctx });
      return fetched.text_features!;
    },
    dispose: () => step.dispose(),
  };
}

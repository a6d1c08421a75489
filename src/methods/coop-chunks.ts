import { gradients } from '../autodiff/index.ts';
import {
  chunkLayout,
  embedTokens,
  encodePrompts,
  type PromptChunk,
  type TextWeights,
} from '../clip/index.ts';
import type { Node } from '../ir/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine, Feeds } from '../runtime/index.ts';
import { type CoOpStepSpec, contextShape, cosineLogits, crossEntropy } from './coop-graph.ts';
import type { CoOpProgram } from './coop-program.ts';

/** Where an input with token rows takes its tokens from. */
interface RowsInput {
  readonly name: string;
  readonly bucket: number | null;
  readonly firstPosition: number;
  readonly count: number;
}

/** The features of one chunk as a graph whose token rows are fed, so that it serves every chunk. */
function chunkFeatures({ layout }: PromptChunk, spec: CoOpStepSpec) {
  const ctx = ir.input('ctx', contextShape({ ...spec, layout }));
  const rows: RowsInput[] = [];
  const features = encodePrompts(layout, spec.text, ctx, (tokens, firstPosition, bucket) => {
    const name = `rows_${rows.length}`;
    const count = tokens[0]!.length;
    rows.push({ name, bucket, firstPosition, count });
    return ir.input(name, [tokens.length, count, spec.text.architecture.width]);
  });
  return { ctx, rows, features };
}

function feedRows({ layout }: PromptChunk, rows: readonly RowsInput[], text: TextWeights): Feeds {
  const sot = text.architecture.vocabSize - 2;
  const whole = [sot, ...layout.prefix];
  return Object.fromEntries(
    rows.map(({ name, bucket, firstPosition, count }) => {
      const start = bucket === null ? firstPosition : firstPosition - whole.length;
      const sources = bucket === null ? [whole] : layout.buckets[bucket]!.suffixes;
      const tokens = sources.map((source) => source.slice(start, start + count));
      return [name, embedTokens(text, tokens, firstPosition)];
    }),
  );
}

/** Rows `places` of x [K, width]; zeros where a place is −1. */
function takeRows(x: Float32Array, places: readonly number[], width: number): Float32Array {
  const taken = new Float32Array(places.length * width);
  places.forEach((row, i) => {
    if (row >= 0) taken.set(x.subarray(row * width, (row + 1) * width), i * width);
  });
  return taken;
}

function putRows(target: Float32Array, rows: Float32Array, places: readonly number[], width: number): void {
  places.forEach((row, i) => {
    if (row >= 0) target.set(rows.subarray(i * width, (i + 1) * width), row * width);
  });
}

/** Loss and its gradient with respect to the text features: inputs `text` [K, E], images and labels. */
function headGraph({ batchSize, embedDim, layout, logitScale }: CoOpStepSpec): ir.Graph {
  const text = ir.input('text', [layout.promptCount, embedDim]);
  const images = ir.input('image_features', [batchSize, embedDim]);
  const labels = ir.input('labels', [batchSize], 'int32');
  const logits = cosineLogits(images, text, logitScale);
  const loss = crossEntropy(logits, labels);
  const [textGrad] = gradients(loss, [text]) as [Node];
  return ir.makeGraph({ logits, loss, text_grad: textGrad });
}

/**
 * CoOp with the classes in chunks: all features first, then the loss, then each chunk's gradient with its
 * states computed again. Memory is that of one chunk; the work is half as much again.
 */
export async function compileChunkedCoOp(
  engine: Engine,
  spec: CoOpStepSpec,
  chunks: number,
): Promise<CoOpProgram> {
  const { embedDim, layout, text } = spec;
  const parts = chunkLayout(layout, chunks);
  const built = chunkFeatures(parts[0]!, spec);
  const cotangent = ir.input('cotangent', built.features.shape);
  const pulled = ir.reduceSum(ir.mul(built.features, cotangent), [0, 1]);
  const [ctxGradNode] = gradients(pulled, [built.ctx]) as [Node];
  const forward = await engine.compile(ir.makeGraph({ features: built.features }));
  const backward = await engine.compile(ir.makeGraph({ ctx_grad: ctxGradNode }));
  const head = await engine.compile(headGraph(spec));
  const feeds = parts.map((part) => feedRows(part, built.rows, text));
  const ctxWidth = spec.nCtx * text.architecture.width;
  const ctxOf = (ctx: Float32Array, { places }: PromptChunk) =>
    layout.csc ? takeRows(ctx, places, ctxWidth) : ctx;

  async function textFeatures(ctx: Float32Array): Promise<Float32Array> {
    const features = new Float32Array(layout.promptCount * embedDim);
    for (const [i, part] of parts.entries()) {
      const fetched = await forward.run({ ...feeds[i], ctx: ctxOf(ctx, part) });
      putRows(features, fetched.features!, part.places, embedDim);
    }
    return features;
  }

  return {
    textFeatures,
    async step(ctx, imageFeatures, labels) {
      const features = await textFeatures(ctx);
      const fetched = await head.run({ text: features, image_features: imageFeatures, labels });
      const ctxGrad = new Float32Array(ctx.length);
      for (const [i, part] of parts.entries()) {
        const cotangentRows = takeRows(fetched.text_grad!, part.places, embedDim);
        const pulledBack = await backward.run({
          ...feeds[i],
          ctx: ctxOf(ctx, part),
          cotangent: cotangentRows,
        });
        const grad = pulledBack.ctx_grad!;
        if (layout.csc) putRows(ctxGrad, grad, part.places, ctxWidth);
        else for (let j = 0; j < grad.length; j++) ctxGrad[j]! += grad[j]!;
      }
      return { logits: fetched.logits!, loss: fetched.loss![0]!, ctxGrad };
    },
    async dispose() {
      for (const executable of [forward, backward, head]) await executable.dispose();
    },
  };
}

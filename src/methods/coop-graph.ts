import { gradients } from '../autodiff/index.ts';
import { encodePrompts, type PromptLayout, type TextWeights } from '../clip/index.ts';
import type { Graph, Node } from '../ir/index.ts';
import * as ir from '../ir/index.ts';

/** Cosines times exp(logit_scale): image [B, E] and text [K, E] features, not normalised -> [B, K]. */
export function cosineLogits(imageFeatures: Node, textFeatures: Node, logitScale: number): Node {
  const cosines = ir.matmul(ir.l2Normalize(imageFeatures), ir.l2Normalize(textFeatures), { transB: true });
  return ir.scale(cosines, logitScale);
}

/** Logarithms of the labels' probabilities [B, K], 0 at other classes. */
function labelLogProbabilities(logits: Node, labels: Node): Node {
  const [batch, classes] = logits.shape as [number, number];
  const classIndex = ir.constant(
    Int32Array.from({ length: classes }, (_, k) => k),
    [1, classes],
  );
  const isLabel = ir.toFloat(ir.equal(ir.reshape(labels, [batch, 1]), classIndex));
  return ir.mul(ir.logSoftmax(logits), isLabel);
}

/** Mean cross-entropy of logits [B, K] against int32 labels [B]: a scalar. */
export function crossEntropy(logits: Node, labels: Node): Node {
  return ir.scale(ir.reduceSum(labelLogProbabilities(logits, labels), [0, 1]), -1 / logits.shape[0]!);
}

/** Cross-entropy of each row of logits [B, K] against int32 labels [B]: [B]. */
const rowLosses = (logits: Node, labels: Node): Node =>
  ir.neg(ir.reduceSum(labelLogProbabilities(logits, labels), [1]));

/** Cross-entropy summed over rows with given weights [B]: a scalar. */
export function weightedCrossEntropy(logits: Node, labels: Node, rowWeights: Node): Node {
  return ir.reduceSum(ir.mul(rowLosses(logits, labels), rowWeights), [0]);
}

/** What one training step of CoOp needs to know. */
export interface CoOpStepSpec {
  readonly layout: PromptLayout;
  readonly text: TextWeights;
  readonly logitScale: number;
  readonly nCtx: number;
  readonly batchSize: number;
  readonly embedDim: number;
}

/** The shape of the context: [M, W], or [K, M, W] class-specific. */
export function contextShape({
  layout,
  text,
  nCtx,
}: Pick<CoOpStepSpec, 'layout' | 'text' | 'nCtx'>): ir.Shape {
  const { width } = text.architecture;
  return layout.csc ? [layout.promptCount, nCtx, width] : [nCtx, width];
}

/**
 * One step of CoOp as a graph.
 * Inputs: `ctx` (see `contextShape`), `image_features` [B, E] (not normalised), `labels` int32 [B].
 * Outputs: `logits` [B, K], `loss` scalar, `ctx_grad` of ctx's shape.
 */
export function coopStepGraph(spec: CoOpStepSpec): Graph {
  const ctx = ir.input('ctx', contextShape(spec));
  const images = ir.input('image_features', [spec.batchSize, spec.embedDim]);
  const labels = ir.input('labels', [spec.batchSize], 'int32');
  const logits = cosineLogits(images, encodePrompts(spec.layout, spec.text, ctx), spec.logitScale);
  const loss = crossEntropy(logits, labels);
  const [ctxGrad] = gradients(loss, [ctx]) as [Node];
  return ir.makeGraph({ logits, loss, ctx_grad: ctxGrad });
}

/** The layout of G fits' prompts where each class has its own context: G · K prompts that share nothing. */
function repeatedLayout({ buckets, promptCount, ...rest }: PromptLayout, groups: number): PromptLayout {
  const all = (values: readonly number[]) =>
    Array.from({ length: groups }, (_, g) => values.map((prompt) => g * promptCount + prompt)).flat();
  return {
    ...rest,
    promptCount: groups * promptCount,
    buckets: buckets.map(({ length, prompts, suffixes }) => ({
      length,
      prompts: all(prompts),
      suffixes: Array.from({ length: groups }, () => suffixes).flat(),
    })),
  };
}

/** Text features of G fits: [G, K, E] from ctx [G, M, W] or [G, K, M, W]. */
function encodeTogether({ layout, text, embedDim }: CoOpStepSpec, ctx: Node, groups: number): Node {
  if (!layout.csc) return encodePrompts(layout, text, ctx);
  const [, classes, nCtx, width] = ctx.shape as [number, number, number, number];
  const contexts = ir.reshape(ctx, [groups * classes, nCtx, width]);
  const features = encodePrompts(repeatedLayout(layout, groups), text, contexts);
  return ir.reshape(features, [groups, classes, embedDim]);
}

/**
 * One step of G fits with contexts of one form, side by side: each has its own pictures and labels.
 * Inputs: `ctx` [G, ...] (see `contextShape`), `image_features` [G · B, E] (not normalised), `labels` int32 [G · B].
 * Outputs: `logits` [G · B, K], `losses` [G], `ctx_grad` of ctx's shape: entry g is what `coopStepGraph` gives for
 * fit g.
 */
export function coopTogetherGraph(spec: CoOpStepSpec, groups: number): Graph {
  const { batchSize, embedDim, layout, logitScale } = spec;
  const ctx = ir.input('ctx', [groups, ...contextShape(spec)]);
  const images = ir.input('image_features', [groups * batchSize, embedDim]);
  const labels = ir.input('labels', [groups * batchSize], 'int32');
  const perGroup = ir.reshape(ir.l2Normalize(images), [groups, batchSize, embedDim]);
  const prompts = ir.l2Normalize(encodeTogether(spec, ctx, groups));
  const cosines = ir.matmul(perGroup, prompts, { transB: true });
  const logits = ir.reshape(ir.scale(cosines, logitScale), [groups * batchSize, layout.promptCount]);
  const losses = ir.mean(ir.reshape(rowLosses(logits, labels), [groups, batchSize]), [1]);
  // A fit's loss depends on its own context alone, so the gradient of their sum holds each one's own.
  const [ctxGrad] = gradients(ir.reduceSum(losses, [0]), [ctx]) as [Node];
  return ir.makeGraph({ logits, losses, ctx_grad: ctxGrad });
}

/** Text features of learned prompts: input `ctx`, output `text_features` [K, E], not normalised. */
export function promptFeaturesGraph(spec: Pick<CoOpStepSpec, 'layout' | 'text' | 'nCtx'>): Graph {
  const ctx = ir.input('ctx', contextShape(spec));
  return ir.makeGraph({ text_features: encodePrompts(spec.layout, spec.text, ctx) });
}

/** The same of G fits: input `ctx` [G, ...], output `text_features` [G, K, E]. */
export function togetherFeaturesGraph(spec: CoOpStepSpec, groups: number): Graph {
  const ctx = ir.input('ctx', [groups, ...contextShape(spec)]);
  return ir.makeGraph({ text_features: encodeTogether(spec, ctx, groups) });
}

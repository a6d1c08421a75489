import { gradients } from '../autodiff/index.ts';
import { encodePrompts, type PromptLayout, type TextWeights } from '../clip/index.ts';
import type { Graph, Node } from '../ir/index.ts';
import * as ir from '../ir/index.ts';

/** Cosines times exp(logit_scale): image [B, E] and text [K, E] features, not normalised -> [B, K]. */
export function cosineLogits(imageFeatures: Node, textFeatures: Node, logitScale: number): Node {
  const cosines = ir.matmul(ir.l2Normalize(imageFeatures), ir.l2Normalize(textFeatures), { transB: true });
  return ir.scale(cosines, logitScale);
}

/** Mean cross-entropy of logits [B, K] against int32 labels [B]: a scalar. */
export function crossEntropy(logits: Node, labels: Node): Node {
  const [batch, classes] = logits.shape as [number, number];
  const classIndex = ir.constant(
    Int32Array.from({ length: classes }, (_, k) => k),
    [1, classes],
  );
  const isLabel = ir.toFloat(ir.equal(ir.reshape(labels, [batch, 1]), classIndex));
  return ir.scale(ir.reduceSum(ir.mul(ir.logSoftmax(logits), isLabel), [0, 1]), -1 / batch);
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

/** Text features of learned prompts: input `ctx`, output `text_features` [K, E], not normalised. */
export function promptFeaturesGraph(spec: Pick<CoOpStepSpec, 'layout' | 'text' | 'nCtx'>): Graph {
  const ctx = ir.input('ctx', contextShape(spec));
  return ir.makeGraph({ text_features: encodePrompts(spec.layout, spec.text, ctx) });
}

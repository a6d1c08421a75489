import type { Node, NodeOf } from '../ir/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine } from '../runtime/index.ts';
import { cosineLogits, crossEntropy } from './coop-graph.ts';
import { runOnce } from './run-once.ts';
import { type Objective, SgdProgram, type SgdState, startState } from './sgd-program.ts';

/** What is learned on top of frozen text features: a linear layer W [E, E], or a bias [E]. */
export type TextPart = 'layer' | 'bias';

/** The parameter's name in graphs and states. */
const PARAM = 'text_part';

function partInput(part: TextPart, embedDim: number): NodeOf<'input'> {
  return ir.input(PARAM, part === 'layer' ? [embedDim, embedDim] : [embedDim]);
}

/** Text features t [K, E], before normalisation, under the part: W · t, or t + b. */
function applied(part: TextPart, text: Node, param: Node): Node {
  return part === 'layer' ? ir.linear(text, param, null) : ir.add(text, param);
}

/** What the numeric part of a text method needs to know. */
export interface TextTuningSpec {
  readonly part: TextPart;
  /** exp(logit_scale) */
  readonly logitScale: number;
  /** K */
  readonly classCount: number;
  /** E */
  readonly embedDim: number;
  /** B */
  readonly batchSize: number;
}

/**
 * Cross-entropy of exp(logit_scale) · cosine of pictures against text features under the part.
 * Inputs: the part, `image_features` [B, E], `text_features` [K, E], neither normalised, `labels` int32 [B].
 */
export function textLoss({
  part,
  logitScale,
  classCount,
  embedDim,
  batchSize,
}: TextTuningSpec): Objective & { readonly param: NodeOf<'input'> } {
  const param = partInput(part, embedDim);
  const images = ir.input('image_features', [batchSize, embedDim]);
  const text = applied(part, ir.input('text_features', [classCount, embedDim]), param);
  const logits = cosineLogits(images, text, logitScale);
  return { loss: crossEntropy(logits, ir.input('labels', [batchSize], 'int32')), logits, param };
}

/** Training of a text part, compiled. Feeds of its steps are the inputs of `textLoss`. */
export function compileTextTuning(engine: Engine, spec: TextTuningSpec): Promise<SgdProgram> {
  const { param, ...objective } = textLoss(spec);
  return SgdProgram.compile(engine, objective, [param]);
}

/** What training starts from, and text features do not change under: W = 1, b = 0. */
export function startTextPart(part: TextPart, embedDim: number): SgdState {
  const param = new Float32Array(part === 'layer' ? embedDim ** 2 : embedDim);
  if (part === 'layer') for (let i = 0; i < embedDim; i++) param[i * (embedDim + 1)] = 1;
  return startState({ [PARAM]: param });
}

/** Text features under a trained part. @param text [K, E], not normalised. @returns [K, E], not normalised. */
export async function applyTextPart(
  engine: Engine,
  part: TextPart,
  text: Float32Array,
  { params }: SgdState,
): Promise<Float32Array> {
  const param = params[PARAM]!;
  const embedDim = part === 'layer' ? Math.sqrt(param.length) : param.length;
  const features = ir.input('text_features', [text.length / embedDim, embedDim]);
  const graph = ir.makeGraph({ features: applied(part, features, partInput(part, embedDim)) });
  const fetched = await runOnce(engine, graph, { text_features: text, [PARAM]: param });
  return fetched.features!;
}

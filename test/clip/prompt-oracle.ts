import type { StateDict } from '../../src/checkpoint/index.ts';
import { missingTensor, type WeightTensor } from '../../src/checkpoint/state-dict.ts';
import { encodeTokens, type PromptLayout, readTextWeights, type TextWeights } from '../../src/clip/index.ts';
import { contextIndex, isContext, type Prompt } from '../../src/clip/prompts.ts';
import * as ir from '../../src/ir/index.ts';

/**
 * The plain encoding of prompts: whole rows of `contextLength` places, padded with token 0, every state of
 * every row computed. Context vectors are looked up as if they were tokens behind the vocabulary.
 *
 * @param ctx [M, W], [K, M, W] class-specific, or null.
 * @returns [K, E], not normalised.
 */
export function encodePadded(prompts: readonly Prompt[], weights: TextWeights, ctx: ir.Node | null): ir.Node {
  const { contextLength, vocabSize, width } = weights.architecture;
  const classSpecific = ctx !== null && ctx.shape.length === 3;
  const perPrompt = ctx === null ? 0 : ctx.shape.at(-2)!;
  const tokens = new Int32Array(prompts.length * contextLength);
  prompts.forEach((prompt, k) => {
    const ids = prompt.map((element) =>
      isContext(element) ? vocabSize + contextIndex(element) + (classSpecific ? k * perPrompt : 0) : element,
    );
    tokens.set([vocabSize - 2, ...ids], k * contextLength);
  });
  const eot = Int32Array.from(prompts, (prompt, k) => k * contextLength + prompt.length);
  const table =
    ctx === null
      ? weights.tokenEmbedding
      : ir.concat([weights.tokenEmbedding, ir.reshape(ctx, [ir.numel(ctx.shape) / width, width])], 0);
  return encodeTokens(
    ir.constant(tokens, [prompts.length, contextLength]),
    ir.constant(eot, [prompts.length]),
    // The plain encoder only looks rows up: any node serves as the table.
    { ...weights, tokenEmbedding: table as TextWeights['tokenEmbedding'] },
  );
}

/** Multiples of 2⁻¹⁰ in [−size, size]: sums of a few are exact in float32. */
function grid(count: number, size: number, salt: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => Math.round(1024 * size * Math.sin(12.9898 * (i + 1) + 78.233 * salt)) / 1024,
  );
}

/** Sizes of `tinyTextTower`: two heads, so that splitting them is tested. */
export const TINY = {
  width: 8,
  heads: 2,
  layers: 2,
  contextLength: 12,
  vocabSize: 514,
  mlpWidth: 32,
  activation: 'quickgelu',
  epsilon: 1e-5,
} as const;
/** Width of the joint space of `tinyTextTower`. */
export const TINY_EMBED_DIM = 5;

/** A text tower small enough for the float64 interpreter, with weights of irregular values. */
export function tinyTextTower(): TextWeights {
  const { width, layers, contextLength, vocabSize } = TINY;
  const shapes: [name: string, shape: number[], size: number][] = [
    ['token_embedding.weight', [vocabSize, width], 1],
    ['positional_embedding', [contextLength, width], 0.5],
    ['ln_final.weight', [width], 1],
    ['ln_final.bias', [width], 0.3],
    ['text_projection', [width, TINY_EMBED_DIM], 1],
  ];
  for (let layer = 0; layer < layers; layer++) {
    const of = (name: string) => `transformer.resblocks.${layer}.${name}`;
    shapes.push(
      [of('attn.in_proj_weight'), [3 * width, width], 1],
      [of('attn.in_proj_bias'), [3 * width], 0.3],
      [of('attn.out_proj.weight'), [width, width], 0.7],
      [of('attn.out_proj.bias'), [width], 0.3],
      [of('mlp.c_fc.weight'), [4 * width, width], 0.7],
      [of('mlp.c_fc.bias'), [4 * width], 0.3],
      [of('mlp.c_proj.weight'), [width, 4 * width], 0.5],
      [of('mlp.c_proj.bias'), [width], 0.3],
      [of('ln_1.weight'), [width], 1],
      [of('ln_1.bias'), [width], 0.3],
      [of('ln_2.weight'), [width], 1],
      [of('ln_2.bias'), [width], 0.3],
    );
  }
  const tensors = new Map<string, WeightTensor>(
    shapes.map(([name, shape, size], salt) => [name, { shape, data: grid(ir.numel(shape), size, salt) }]),
  );
  const names = new Set(tensors.keys());
  const tensor = (name: string): WeightTensor => {
    const found = tensors.get(name);
    if (found === undefined) throw missingTensor('tiny text tower', name, names);
    return found;
  };
  const weights: StateDict = {
    source: 'tiny text tower',
    names,
    shapeOf: (name) => tensor(name).shape,
    tensor,
  };
  // The text tower reads nothing of the image tower's sizes.
  const vision = {
    kind: 'vit',
    width: 8,
    layers: 1,
    heads: 1,
    patchSize: 1,
    grid: 1,
    resolution: 1,
    mlpWidth: 32,
    activation: 'quickgelu',
    epsilon: 1e-5,
  } as const;
  return readTextWeights(weights, { embedDim: TINY_EMBED_DIM, vision, text: TINY });
}

/** Every prompt of a layout, put together again, in the prompts' order. */
export function unpack({ promptCount, prefix, buckets }: PromptLayout): Prompt[] {
  const prompts = new Array<Prompt>(promptCount);
  for (const { prompts: indices, suffixes } of buckets) {
    indices.forEach((index, i) => {
      prompts[index] = [...prefix, ...suffixes[i]!];
    });
  }
  return prompts;
}

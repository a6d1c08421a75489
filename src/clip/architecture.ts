import { missingTensor, type StateDict } from '../checkpoint/index.ts';
import { UserError } from '../config/index.ts';

/** Sizes of a vision transformer. */
export interface VitArchitecture {
  readonly kind: 'vit';
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly patchSize: number;
  /** Patches a side. */
  readonly grid: number;
  readonly resolution: number;
}

/** Sizes of a ModifiedResNet. */
export interface ResNetArchitecture {
  readonly kind: 'resnet';
  /** Channels after the stem. */
  readonly width: number;
  /** Bottleneck blocks in each of the four stages. */
  readonly layers: readonly [number, number, number, number];
  /** Heads of the attention pooling. */
  readonly heads: number;
  /** Side of the last feature map. */
  readonly grid: number;
  readonly resolution: number;
}

/** Sizes of a text transformer. */
export interface TextArchitecture {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly contextLength: number;
  readonly vocabSize: number;
}

export interface ClipArchitecture {
  /** Size E of the joint space. */
  readonly embedDim: number;
  readonly vision: VitArchitecture | ResNetArchitecture;
  readonly text: TextArchitecture;
}

/** CLIP's heads are 64 wide. */
const HEAD_WIDTH = 64;

function countBlocks(weights: StateDict, prefix: string): number {
  const blocks = new Set<string>();
  for (const name of weights.names) {
    if (name.startsWith(prefix)) blocks.add(name.slice(prefix.length).split('.')[0]!);
  }
  return blocks.size;
}

function sizes(weights: StateDict, name: string, rank: number): readonly number[] {
  if (!weights.names.has(name)) throw missingTensor(weights.source, name, weights.names);
  const shape = weights.shapeOf(name);
  if (shape.length === rank) return shape;
  throw new UserError('CHECKPOINT_SHAPE', {
    where: `checkpoint ${weights.source}: tensor ${name}`,
    expected: `${rank} axes`,
    found: `[${shape.join(', ')}]`,
    hint: 'the file is no CLIP model of a known architecture',
  });
}

function vitArchitecture(weights: StateDict): VitArchitecture {
  const [width, , patchSize] = sizes(weights, 'visual.conv1.weight', 4) as [number, number, number];
  const [positions] = sizes(weights, 'visual.positional_embedding', 2) as [number];
  const grid = Math.round(Math.sqrt(positions - 1));
  const layers = countBlocks(weights, 'visual.transformer.resblocks.');
  const heads = Math.max(1, Math.floor(width / HEAD_WIDTH));
  return { kind: 'vit', width, layers, heads, patchSize, grid, resolution: grid * patchSize };
}

function resNetArchitecture(weights: StateDict): ResNetArchitecture {
  const layers = [1, 2, 3, 4].map((stage) => countBlocks(weights, `visual.layer${stage}.`));
  const [width] = sizes(weights, 'visual.layer1.0.conv1.weight', 4) as [number];
  const [positions] = sizes(weights, 'visual.attnpool.positional_embedding', 2) as [number];
  const grid = Math.round(Math.sqrt(positions - 1));
  return {
    kind: 'resnet',
    width,
    layers: layers as [number, number, number, number],
    heads: Math.max(1, Math.floor((width * 32) / HEAD_WIDTH)),
    grid,
    // The stem halves twice, stages 2 to 4 once each.
    resolution: grid * 32,
  };
}

/**
 * Reads every size of a CLIP model off its tensors' shapes, as `build_model` of OpenAI's code does.
 * @throws {UserError} CHECKPOINT_TENSOR_MISSING, CHECKPOINT_SHAPE: the file is no CLIP model.
 */
export function readArchitecture(weights: StateDict): ClipArchitecture {
  const [width, embedDim] = sizes(weights, 'text_projection', 2) as [number, number];
  const [contextLength] = sizes(weights, 'positional_embedding', 2) as [number];
  const [vocabSize] = sizes(weights, 'token_embedding.weight', 2) as [number];
  const vision = weights.names.has('visual.proj') ? vitArchitecture(weights) : resNetArchitecture(weights);
  const layers = countBlocks(weights, 'transformer.resblocks.');
  const heads = Math.max(1, Math.floor(width / HEAD_WIDTH));
  return { embedDim, vision, text: { width, layers, heads, contextLength, vocabSize } };
}

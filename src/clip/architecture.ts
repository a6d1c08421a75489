import {
  type Activation,
  type ModelFacts,
  missingTensor,
  OPENAI_FACTS,
  type StateDict,
  type TowerFacts,
} from '../checkpoint/index.ts';
import { UserError } from '../config/index.ts';

/** What the blocks of a transformer are like. */
export interface TransformerArchitecture {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width between the two linear layers of each MLP; 4 W in OpenAI's models. */
  readonly mlpWidth: number;
  readonly activation: Activation;
  /** Added to the variance by every layer normalisation. */
  readonly epsilon: number;
}

/** Sizes of a vision transformer. */
export interface VitArchitecture extends TransformerArchitecture {
  readonly kind: 'vit';
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
export interface TextArchitecture extends TransformerArchitecture {
  readonly contextLength: number;
  readonly vocabSize: number;
}

export interface ClipArchitecture {
  /** Size E of the joint space. */
  readonly embedDim: number;
  readonly vision: VitArchitecture | ResNetArchitecture;
  readonly text: TextArchitecture;
}

/** Heads of OpenAI's transformers are 64 wide. */
const HEAD_WIDTH = 64;
/** Widths of open_clip's larger image transformers (ViT-H/14, g/14, bigG/14), and of their heads. */
const OTHER_HEAD_WIDTHS: ReadonlyMap<number, number> = new Map([
  [1280, 80],
  [1408, 88],
  [1664, 104],
]);

function countBlocks(weights: StateDict, prefix: string): number {
  const blocks = new Set<string>();
  for (const name of weights.names) {
    if (name.startsWith(prefix)) blocks.add(name.slice(prefix.length).split('.')[0]!);
  }
  return blocks.size;
}

function misfit(weights: StateDict, tensor: string, expected: string, found: string): UserError {
  return new UserError('CHECKPOINT_SHAPE', {
    where: `checkpoint ${weights.source}: tensor ${tensor}`,
    expected,
    found,
    hint: 'the file is no CLIP model of a known architecture',
  });
}

function sizes(weights: StateDict, name: string, rank: number): readonly number[] {
  if (!weights.names.has(name)) throw missingTensor(weights.source, name, weights.names);
  const shape = weights.shapeOf(name);
  if (shape.length === rank && shape.every((size) => size > 0)) return shape;
  throw misfit(weights, name, `${rank} axes, none of them empty`, `[${shape.join(', ')}]`);
}

function transformerArchitecture(
  weights: StateDict,
  prefix: string,
  width: number,
  { heads: stated, activation, epsilon }: TowerFacts,
): TransformerArchitecture {
  const layers = countBlocks(weights, prefix);
  const fc = `${prefix}0.mlp.c_fc.weight`;
  const [mlpWidth] = sizes(weights, fc, 2) as [number];
  const headWidth = (prefix.startsWith('visual') && OTHER_HEAD_WIDTHS.get(width)) || HEAD_WIDTH;
  const heads = stated ?? Math.max(1, Math.floor(width / headWidth));
  if (width % heads !== 0) {
    throw misfit(weights, fc, `a width that ${heads} heads divide`, `width ${width}`);
  }
  return { width, layers, heads, mlpWidth, activation, epsilon };
}

/** Side of the square grid that `positions` places, one of them for the class or the mean, stand for. */
function gridSide(weights: StateDict, name: string): number {
  const [positions] = sizes(weights, name, 2) as [number];
  const grid = Math.round(Math.sqrt(positions - 1));
  if (grid > 0 && grid ** 2 + 1 === positions) return grid;
  throw misfit(weights, name, 'one position, and those of a square grid', `${positions} positions`);
}

function vitArchitecture(weights: StateDict, facts: ModelFacts): VitArchitecture {
  const [width, , patchSize] = sizes(weights, 'visual.conv1.weight', 4) as [number, number, number];
  const grid = gridSide(weights, 'visual.positional_embedding');
  const resolution = facts.resolution ?? grid * patchSize;
  if (Math.floor(resolution / patchSize) !== grid) {
    const expected = `${grid} × ${grid} patches of ${patchSize} pixels`;
    throw misfit(weights, 'visual.positional_embedding', expected, `pictures of ${resolution} pixels`);
  }
  const transformer = transformerArchitecture(weights, 'visual.transformer.resblocks.', width, facts.vision);
  return { kind: 'vit', ...transformer, patchSize, grid, resolution };
}

function resNetArchitecture(weights: StateDict, facts: ModelFacts): ResNetArchitecture {
  const layers = [1, 2, 3, 4].map((stage) => countBlocks(weights, `visual.layer${stage}.`));
  const [width] = sizes(weights, 'visual.layer1.0.conv1.weight', 4) as [number];
  const positions = 'visual.attnpool.positional_embedding';
  const grid = gridSide(weights, positions);
  // The stem halves twice, stages 2 to 4 once each.
  const resolution = grid * 32;
  if (facts.resolution !== null && facts.resolution !== resolution) {
    throw misfit(weights, positions, `pictures of ${resolution} pixels`, `${facts.resolution} pixels`);
  }
  return {
    kind: 'resnet',
    width,
    layers: layers as [number, number, number, number],
    heads: facts.vision.heads ?? Math.max(1, Math.floor((width * 32) / HEAD_WIDTH)),
    grid,
    resolution,
  };
}

/**
 * Reads every size of a CLIP model off its tensors' shapes, as `build_model` of OpenAI's code does, and the rest off
 * its facts.
 * @throws {UserError} CHECKPOINT_TENSOR_MISSING, CHECKPOINT_SHAPE: the file is no CLIP model.
 */
export function readArchitecture(weights: StateDict, facts: ModelFacts = OPENAI_FACTS): ClipArchitecture {
  const [width, embedDim] = sizes(weights, 'text_projection', 2) as [number, number];
  const [contextLength] = sizes(weights, 'positional_embedding', 2) as [number];
  const [vocabSize] = sizes(weights, 'token_embedding.weight', 2) as [number];
  const vision = weights.names.has('visual.proj')
    ? vitArchitecture(weights, facts)
    : resNetArchitecture(weights, facts);
  const text = transformerArchitecture(weights, 'transformer.resblocks.', width, facts.text);
  return { embedDim, vision, text: { ...text, contextLength, vocabSize } };
}

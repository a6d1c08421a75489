import type { ClipArchitecture } from '../clip/index.ts';
import type { Shape } from '../ir/index.ts';

/** Shape of every tensor of a model, by OpenAI's name. */
export type TensorShapes = Readonly<Record<string, Shape>>;

type Vision = ClipArchitecture['vision'];
type Vit = Extract<Vision, { readonly kind: 'vit' }>;
type ResNet = Extract<Vision, { readonly kind: 'resnet' }>;
type Transformer = Pick<ClipArchitecture['text'], 'width' | 'layers' | 'mlpWidth'>;

/** What the shapes of a model's tensors follow from. */
export interface ShapedArchitecture {
  readonly embedDim: number;
  readonly text: Transformer & Pick<ClipArchitecture['text'], 'contextLength' | 'vocabSize'>;
  readonly vision:
    | (Transformer & Pick<Vit, 'kind' | 'patchSize' | 'grid'>)
    | Pick<ResNet, 'kind' | 'width' | 'layers' | 'grid'>;
}

/** Collects tensors' shapes under names with a common beginning. */
class ShapeList {
  readonly shapes: Record<string, Shape> = {};

  put(name: string, ...shape: number[]): void {
    this.shapes[name] = shape;
  }

  /** A linear layer's weight [out, inner] and bias. */
  linear(name: string, out: number, inner: number): void {
    this.put(`${name}.weight`, out, inner);
    this.put(`${name}.bias`, out);
  }

  /** Scale and shift of a normalisation. */
  norm(name: string, width: number): void {
    this.put(`${name}.weight`, width);
    this.put(`${name}.bias`, width);
  }

  /** Batch normalisation with its statistics, behind a convolution [out, inner, kernel, kernel]. */
  convNorm([conv, norm]: readonly [string, string], out: number, inner: number, kernel: number): void {
    this.put(`${conv}.weight`, out, inner, kernel, kernel);
    this.norm(norm, out);
    this.put(`${norm}.running_mean`, out);
    this.put(`${norm}.running_var`, out);
  }

  /** Residual attention blocks. */
  blocks(prefix: string, { width, layers, mlpWidth }: Transformer): void {
    for (let layer = 0; layer < layers; layer++) {
      const block = `${prefix}resblocks.${layer}.`;
      this.put(`${block}attn.in_proj_weight`, 3 * width, width);
      this.put(`${block}attn.in_proj_bias`, 3 * width);
      this.linear(`${block}attn.out_proj`, width, width);
      this.linear(`${block}mlp.c_fc`, mlpWidth, width);
      this.linear(`${block}mlp.c_proj`, width, mlpWidth);
      this.norm(`${block}ln_1`, width);
      this.norm(`${block}ln_2`, width);
    }
  }
}

/**
 * Names and shapes of all tensors that a CLIP of the given sizes consists of, as OpenAI's code has them.
 * Source: openai/CLIP clip/model.py.
 */
export function clipTensorShapes({ embedDim, text, vision }: ShapedArchitecture): TensorShapes {
  const list = new ShapeList();
  list.put('token_embedding.weight', text.vocabSize, text.width);
  list.put('positional_embedding', text.contextLength, text.width);
  list.blocks('transformer.', text);
  list.norm('ln_final', text.width);
  list.put('text_projection', text.width, embedDim);
  list.put('logit_scale');
  if (vision.kind === 'vit') {
    const { width, patchSize, grid } = vision;
    list.put('visual.conv1.weight', width, 3, patchSize, patchSize);
    list.put('visual.class_embedding', width);
    list.put('visual.positional_embedding', grid * grid + 1, width);
    list.norm('visual.ln_pre', width);
    list.blocks('visual.transformer.', vision);
    list.norm('visual.ln_post', width);
    list.put('visual.proj', width, embedDim);
  } else putResNet(list, vision, embedDim);
  return list.shapes;
}

function putResNet(
  list: ShapeList,
  { width, layers, grid }: Pick<ResNet, 'width' | 'layers' | 'grid'>,
  embedDim: number,
): void {
  list.convNorm(['visual.conv1', 'visual.bn1'], width / 2, 3, 3);
  list.convNorm(['visual.conv2', 'visual.bn2'], width / 2, width / 2, 3);
  list.convNorm(['visual.conv3', 'visual.bn3'], width, width / 2, 3);
  let inner = width;
  layers.forEach((blocks, stage) => {
    const planes = width * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      const prefix = `visual.layer${stage + 1}.${block}.`;
      list.convNorm([`${prefix}conv1`, `${prefix}bn1`], planes, inner, 1);
      list.convNorm([`${prefix}conv2`, `${prefix}bn2`], planes, planes, 3);
      list.convNorm([`${prefix}conv3`, `${prefix}bn3`], 4 * planes, planes, 1);
      if (block === 0)
        list.convNorm([`${prefix}downsample.0`, `${prefix}downsample.1`], 4 * planes, inner, 1);
      inner = 4 * planes;
    }
  });
  list.put('visual.attnpool.positional_embedding', grid * grid + 1, inner);
  for (const name of ['q_proj', 'k_proj', 'v_proj']) list.linear(`visual.attnpool.${name}`, inner, inner);
  list.linear('visual.attnpool.c_proj', embedDim, inner);
}

import type { Shape } from '../../ir/index.ts';
import type { TensorShapes } from './random-weights.ts';

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
  blocks(prefix: string, width: number, layers: number): void {
    for (let layer = 0; layer < layers; layer++) {
      const block = `${prefix}resblocks.${layer}.`;
      this.put(`${block}attn.in_proj_weight`, 3 * width, width);
      this.put(`${block}attn.in_proj_bias`, 3 * width);
      this.linear(`${block}attn.out_proj`, width, width);
      this.linear(`${block}mlp.c_fc`, 4 * width, width);
      this.linear(`${block}mlp.c_proj`, width, 4 * width);
      this.norm(`${block}ln_1`, width);
      this.norm(`${block}ln_2`, width);
    }
  }
}

/** Text tower of RN50 and ViT-B/32: W = 512, 12 layers, 77 places, CLIP's vocabulary. */
function putText(list: ShapeList, embedDim: number): void {
  const width = 512;
  list.put('token_embedding.weight', 49_408, width);
  list.put('positional_embedding', 77, width);
  list.blocks('transformer.', width, 12);
  list.norm('ln_final', width);
  list.put('text_projection', width, embedDim);
  list.put('logit_scale');
}

/** RN50: ModifiedResNet of 3, 4, 6 and 3 bottlenecks at 224 px, E = 1024. Source: Radford et al., 2021, table 20. */
export function rn50Shapes(): TensorShapes {
  const list = new ShapeList();
  const [width, embedDim] = [64, 1024];
  putText(list, embedDim);
  list.convNorm(['visual.conv1', 'visual.bn1'], width / 2, 3, 3);
  list.convNorm(['visual.conv2', 'visual.bn2'], width / 2, width / 2, 3);
  list.convNorm(['visual.conv3', 'visual.bn3'], width, width / 2, 3);
  let inner = width;
  [3, 4, 6, 3].forEach((blocks, stage) => {
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
  list.put('visual.attnpool.positional_embedding', 7 * 7 + 1, inner);
  for (const name of ['q_proj', 'k_proj', 'v_proj']) list.linear(`visual.attnpool.${name}`, inner, inner);
  list.linear('visual.attnpool.c_proj', embedDim, inner);
  return list.shapes;
}

/** ViT-B/32: W = 768, 12 layers, 7 × 7 patches of 32 px, E = 512. Source: Radford et al., 2021, table 20. */
export function vitB32Shapes(): TensorShapes {
  const list = new ShapeList();
  const [width, embedDim] = [768, 512];
  putText(list, embedDim);
  list.put('visual.conv1.weight', width, 3, 32, 32);
  list.put('visual.class_embedding', width);
  list.put('visual.positional_embedding', 7 * 7 + 1, width);
  list.norm('visual.ln_pre', width);
  list.blocks('visual.transformer.', width, 12);
  list.norm('visual.ln_post', width);
  list.put('visual.proj', width, embedDim);
  return list.shapes;
}

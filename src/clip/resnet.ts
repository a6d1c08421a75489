import type { Node } from '../ir/index.ts';
import {
  add,
  avgPool2d,
  concat,
  conv2d,
  linear,
  matmul,
  mean,
  relu,
  reshape,
  scale,
  slice,
  softmax,
  transpose,
} from '../ir/index.ts';
import type { ResNetArchitecture } from './architecture.ts';
import type { VisualWeights } from './visual-weights.ts';

/** Convolution and batch normalisation with frozen statistics, as one convolution. */
function convNorm(
  x: Node,
  weights: VisualWeights,
  [conv, norm]: readonly [string, string],
  [out, side, stride]: readonly [number, number, number],
): Node {
  const { kernel, shift } = weights.convNorm(conv, norm, [out, x.shape[1]!, side, side]);
  return add(conv2d(x, kernel, { stride, padding: (side - 1) / 2 }), shift);
}

const EXPANSION = 4;

function bottleneck(x: Node, weights: VisualWeights, prefix: string, planes: number, stride: number): Node {
  const block = (i: number): readonly [string, string] => [`${prefix}conv${i}`, `${prefix}bn${i}`];
  const narrow = relu(convNorm(x, weights, block(1), [planes, 1, 1]));
  const wide = relu(convNorm(narrow, weights, block(2), [planes, 3, 1]));
  // Every stride is an average pooling, so that no position is skipped.
  const pool = (y: Node) => (stride > 1 ? avgPool2d(y, stride) : y);
  const y = convNorm(pool(wide), weights, block(3), [planes * EXPANSION, 1, 1]);
  const hasDownsample = stride > 1 || x.shape[1] !== planes * EXPANSION;
  const skip = hasDownsample
    ? convNorm(
        pool(x),
        weights,
        [`${prefix}downsample.0`, `${prefix}downsample.1`],
        [planes * EXPANSION, 1, 1],
      )
    : x;
  return relu(add(y, skip));
}

/**
 * Attention pooling: the mean of the positions asks, all positions and the mean answer.
 * @param x [N, C, g, g]
 * @returns [N, E]
 */
function attentionPool(x: Node, weights: VisualWeights, grid: number, heads: number, embedDim: number): Node {
  const [batch, width] = x.shape as [number, number];
  const length = grid * grid + 1;
  const headWidth = width / heads;
  const read = (name: string, ...shape: number[]) => weights.read(`attnpool.${name}`, ...shape);
  const project = (rows: Node, name: string, out: number) =>
    linear(rows, read(`${name}.weight`, out, width), read(`${name}.bias`, out));
  const positions = transpose(reshape(x, [batch, width, grid * grid]), [0, 2, 1]);
  const places = read('positional_embedding', length, width);
  const tokens = add(concat([mean(positions, [1], true), positions], 1), places);
  const splitBy = (rows: Node, count: number) =>
    transpose(reshape(rows, [batch, count, heads, headWidth]), [0, 2, 1, 3]);
  const question = add(
    reshape(mean(positions, [1]), [batch, width]),
    reshape(slice(places, 0, 0, 1), [width]),
  );
  const q = splitBy(scale(project(question, 'q_proj', width), 1 / Math.sqrt(headWidth)), 1);
  const k = splitBy(project(tokens, 'k_proj', width), length);
  const v = splitBy(project(tokens, 'v_proj', width), length);
  const attended = matmul(softmax(matmul(q, k, { transB: true })), v);
  return project(reshape(attended, [batch, width]), 'c_proj', embedDim);
}

/**
 * CLIP's ModifiedResNet: three-convolution stem, anti-aliased strides, attention pooling.
 * @param images [N, 3, R, R], normalised.
 * @returns [N, E], not normalised.
 * Source: openai/CLIP clip/model.py, ModifiedResNet.
 */
export function encodeWithResNet(
  images: Node,
  weights: VisualWeights,
  { width, layers, heads, grid }: ResNetArchitecture,
  embedDim: number,
): Node {
  let x = relu(convNorm(images, weights, ['conv1', 'bn1'], [width / 2, 3, 2]));
  x = relu(convNorm(x, weights, ['conv2', 'bn2'], [width / 2, 3, 1]));
  x = avgPool2d(relu(convNorm(x, weights, ['conv3', 'bn3'], [width, 3, 1])), 2);
  layers.forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      x = bottleneck(x, weights, `layer${stage + 1}.${block}.`, width * 2 ** stage, stride);
    }
  });
  return attentionPool(x, weights, grid, heads, embedDim);
}

import { expectTensor, type StateDict } from '../checkpoint/index.ts';
import type { Node } from '../ir/index.ts';
import {
  add,
  avgPool2d,
  concat,
  constant,
  conv2d,
  linear,
  matmul,
  mean,
  relu,
  reshape,
  scale,
  softmax,
  transpose,
} from '../ir/index.ts';
import type { ResNetArchitecture } from './architecture.ts';
import { weightConstant } from './weight-constant.ts';

/** PyTorch's default for batch normalisation. */
const BATCH_NORM_EPSILON = 1e-5;

/**
 * Convolution and batch normalisation with frozen statistics as one convolution:
 * w' = w · γ/√(σ² + ε) for each output channel, b' = β − μ · γ/√(σ² + ε).
 */
function convNorm(
  x: Node,
  weights: StateDict,
  [conv, norm]: readonly [string, string],
  [out, kernel, stride]: readonly [number, number, number],
): Node {
  const inner = x.shape[1]!;
  const weight = expectTensor(weights, `visual.${conv}.weight`, [out, inner, kernel, kernel]).data;
  const [gamma, beta, average, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (name) => expectTensor(weights, `visual.${norm}.${name}`, [out]).data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const factors = gamma.map((g, channel) => g / Math.sqrt(variance[channel]! + BATCH_NORM_EPSILON));
  const perChannel = weight.length / out;
  const folded = weight.map((w, i) => w * factors[Math.floor(i / perChannel)]!);
  const shift = beta.map((b, channel) => b - average[channel]! * factors[channel]!);
  const kernelNode = constant(folded, [out, inner, kernel, kernel], `${conv} ${norm}`);
  const y = conv2d(x, kernelNode, { stride, padding: (kernel - 1) / 2 });
  return add(y, constant(shift, [out, 1, 1], `${norm} shift`));
}

const EXPANSION = 4;

function bottleneck(x: Node, weights: StateDict, prefix: string, planes: number, stride: number): Node {
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
function attentionPool(x: Node, weights: StateDict, grid: number, heads: number, embedDim: number): Node {
  const [batch, width] = x.shape as [number, number];
  const length = grid * grid + 1;
  const headWidth = width / heads;
  const read = (name: string, ...shape: number[]) =>
    weightConstant(weights, `visual.attnpool.${name}`, shape);
  const project = (rows: Node, name: string, out: number) =>
    linear(rows, read(`${name}.weight`, out, width), read(`${name}.bias`, out));
  const positions = transpose(reshape(x, [batch, width, grid * grid]), [0, 2, 1]);
  const tokens = add(
    concat([mean(positions, [1], true), positions], 1),
    read('positional_embedding', length, width),
  );
  const splitBy = (rows: Node, count: number) =>
    transpose(reshape(rows, [batch, count, heads, headWidth]), [0, 2, 1, 3]);
  const question = add(
    reshape(mean(positions, [1]), [batch, width]),
    constant(
      expectTensor(weights, 'visual.attnpool.positional_embedding', [length, width]).data.subarray(0, width),
      [width],
      'first position',
    ),
  );
  const q = splitBy(scale(project(question, 'q_proj', width), 1 / Math.sqrt(headWidth)), 1);
  const k = splitBy(project(tokens, 'k_proj', width), length);
  const v = splitBy(project(tokens, 'v_proj', width), length);
  const attended = matmul(softmax(matmul(q, k, { transB: true })), v);
  return project(reshape(attended, [batch, width]), 'c_proj', embedDim);
}

/**
 * CLIP's ModifiedResNet: three-convolution stem, anti-aliased strides, attention pooling; batch
 * normalisation folded into the convolutions.
 * @param images [N, 3, R, R], normalised.
 * @returns [N, E], not normalised.
 * Source: openai/CLIP clip/model.py, ModifiedResNet.
 */
export function encodeWithResNet(
  images: Node,
  weights: StateDict,
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

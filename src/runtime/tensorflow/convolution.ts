import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { NodeOf } from '../../ir/index.ts';
import type { Tf } from './tensorflow.ts';

/*
 * TensorFlow's CPU and WebAssembly kernels hold pictures as [N, H, W, C] and weights as [h, w, C, O]; the graph holds
 * [N, C, H, W] and [O, C, h, w]. Each rule transposes on the way in and out.
 */

const toChannelsLast = (tf: Tf, x: Tensor): Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as Tensor4D;
const toChannelsFirst = (tf: Tf, x: Tensor): Tensor4D => tf.transpose(x, [0, 3, 1, 2]) as Tensor4D;
const toFilter = (tf: Tf, weight: Tensor): Tensor4D => tf.transpose(weight, [2, 3, 1, 0]) as Tensor4D;

export function conv2d(
  tf: Tf,
  [x, w]: readonly Tensor[],
  { attributes: { stride, padding } }: NodeOf<'conv2d'>,
): Tensor {
  return toChannelsFirst(tf, tf.conv2d(toChannelsLast(tf, x!), toFilter(tf, w!), stride, padding));
}

/** The gradient's kernel knows no explicit padding: that of the padded picture is taken, and its border cut off. */
export function conv2dInputGrad(
  tf: Tf,
  [g, w]: readonly Tensor[],
  { shape, attributes: { stride, padding, height, width } }: NodeOf<'conv2dInputGrad'>,
): Tensor {
  const [batch, channels] = shape as readonly [number, number];
  const padded = tf.conv2dTranspose(
    toChannelsLast(tf, g!),
    toFilter(tf, w!),
    [batch, height + 2 * padding, width + 2 * padding, channels],
    stride,
    'valid',
  );
  return toChannelsFirst(tf, tf.slice(padded, [0, padding, padding, 0], [batch, height, width, channels]));
}

/**
 * dW[o, c] correlates x[:, c] with the dilated cotangent [:, o]: a convolution over the batch axis. The kernel made for
 * it is missing in WebAssembly.
 */
export function conv2dWeightGrad(
  tf: Tf,
  [g, x]: readonly Tensor[],
  { shape, attributes: { stride, padding } }: NodeOf<'conv2dWeightGrad'>,
): Tensor {
  const pictures = tf.transpose(x!, [1, 2, 3, 0]) as Tensor4D;
  const cotangent = tf.transpose(g!, [2, 3, 0, 1]) as Tensor4D;
  const full = tf.conv2d(pictures, cotangent, 1, padding, 'NHWC', stride);
  const [out, channels, kernelHeight, kernelWidth] = shape as readonly [number, number, number, number];
  // Rows of the picture that no window reached would make the kernel larger than it is.
  const cut = tf.slice(full, [0, 0, 0, 0], [channels, kernelHeight, kernelWidth, out]);
  return tf.transpose(cut, [3, 0, 1, 2]);
}

export function avgPool2d(
  tf: Tf,
  [x]: readonly Tensor[],
  { attributes: { size } }: NodeOf<'avgPool2d'>,
): Tensor {
  return toChannelsFirst(tf, tf.avgPool(toChannelsLast(tf, x!), size, size, 'valid'));
}

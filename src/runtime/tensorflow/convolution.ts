import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { ConvAttributes, NodeOf } from '../../ir/index.ts';
import type { Tf } from './tensorflow.ts';

/*
 * TensorFlow's CPU and WebAssembly kernels hold pictures as [N, H, W, C] and weights as [h, w, C, O]; the graph holds
 * [N, C, H, W] and [O, C, h, w]. Each rule transposes on the way in and out.
 */

const toChannelsLast = (tf: Tf, x: Tensor): Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as Tensor4D;
const toChannelsFirst = (tf: Tf, x: Tensor): Tensor4D => tf.transpose(x, [0, 3, 1, 2]) as Tensor4D;
const toFilter = (tf: Tf, weight: Tensor): Tensor4D => tf.transpose(weight, [2, 3, 1, 0]) as Tensor4D;

/** The picture [N, H, W, C] with as many zeros around it as given, on each side of each direction. */
function padded(tf: Tf, x: Tensor4D, rows: readonly [number, number], columns: readonly [number, number]) {
  const nothing = [...rows, ...columns].every((count) => count === 0);
  return nothing ? x : tf.pad(x, [[0, 0], [...rows], [...columns], [0, 0]]);
}

/**
 * Slides a filter [h, w, C, O] over a picture [N, H, W, C].
 *
 * The WebAssembly kernel (4.22.0) mixes up the filter's height and width, and writes beyond its memory where they
 * differ: so a filter is made square with zeros, and the picture gets the rows or columns that those zeros meet.
 */
function correlate(
  tf: Tf,
  picture: Tensor4D,
  filter: Tensor4D,
  { stride, padding, dilation }: ConvAttributes & { readonly dilation: number },
): Tensor4D {
  const [height, width] = filter.shape;
  const side = Math.max(height, width);
  const [below, right] = [side - height, side - width];
  return tf.conv2d(
    padded(tf, picture, [padding, padding + dilation * below], [padding, padding + dilation * right]),
    below + right === 0
      ? filter
      : tf.pad(filter, [
          [0, below],
          [0, right],
          [0, 0],
          [0, 0],
        ]),
    stride,
    'valid',
    'NHWC',
    dilation,
  );
}

export function conv2d(
  tf: Tf,
  [x, w]: readonly Tensor[],
  { attributes: { stride, padding } }: NodeOf<'conv2d'>,
): Tensor {
  const y = correlate(tf, toChannelsLast(tf, x!), toFilter(tf, w!), { stride, padding, dilation: 1 });
  return toChannelsFirst(tf, y);
}

/** The gradient's kernel knows no explicit padding: that of the padded picture is taken, and its border cut off. */
export function conv2dInputGrad(
  tf: Tf,
  [g, w]: readonly Tensor[],
  { shape, attributes: { stride, padding, height, width } }: NodeOf<'conv2dInputGrad'>,
): Tensor {
  const [batch, channels] = shape as readonly [number, number];
  const full = tf.conv2dTranspose(
    toChannelsLast(tf, g!),
    toFilter(tf, w!),
    [batch, height + 2 * padding, width + 2 * padding, channels],
    stride,
    'valid',
  );
  return toChannelsFirst(tf, tf.slice(full, [0, padding, padding, 0], [batch, height, width, channels]));
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
  const full = correlate(tf, pictures, cotangent, { stride: 1, padding, dilation: stride });
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

import type { Node, NodeOf } from '../../ir/index.ts';
import type { ModelBuilder } from './model.ts';

/** What these rules use of a lowering. */
interface Context {
  readonly model: ModelBuilder;
  nameOf(node: Node): string;
}

type Size4 = readonly [number, number, number, number];

const square = (value: number): readonly number[] => [value, value];
const border = (value: number): readonly number[] => [value, value, value, value];

export function conv2d({ inputs, attributes }: NodeOf<'conv2d'>, { model, nameOf }: Context): string {
  return model.node('Conv', inputs.map(nameOf), {
    strides: square(attributes.stride),
    pads: border(attributes.padding),
  });
}

/** The kernel [O, C, h, w] of a convolution as that of its gradient: turned by half a circle, [C, O, h, w]. */
function turnedKernel(w: Node, { model, nameOf }: Context): string {
  const plain = w.shape[2] === 1 && w.shape[3] === 1;
  const back = [square(-1), square(-1 - Math.max(...w.shape)), [2, 3], square(-1)];
  const turned = plain
    ? nameOf(w)
    : model.node('Slice', [nameOf(w), ...back.map((axis) => model.ints(axis))]);
  return model.node('Transpose', [turned], { perm: [1, 0, 2, 3] });
}

/**
 * ConvTranspose is this gradient's ONNX form; where the stride is 1 a convolution with the turned kernel is the same
 * and takes onnxruntime half the time.
 */
export function conv2dInputGrad({ inputs, attributes: a }: NodeOf<'conv2dInputGrad'>, c: Context): string {
  const [g, w] = inputs as [Node, Node];
  const [, , kernelHeight, kernelWidth] = w.shape as Size4;
  const [above, left] = [kernelHeight - 1 - a.padding, kernelWidth - 1 - a.padding];
  if (a.stride === 1 && above >= 0 && left >= 0) {
    return c.model.node('Conv', [c.nameOf(g), turnedKernel(w, c)], { pads: [above, left, above, left] });
  }
  const rest = (size: number, axis: number) =>
    size - (a.stride * (g.shape[axis]! - 1) + w.shape[axis]! - 2 * a.padding);
  return c.model.node('ConvTranspose', inputs.map(c.nameOf), {
    strides: square(a.stride),
    pads: border(a.padding),
    output_padding: [rest(a.height, 2), rest(a.width, 3)],
  });
}

/**
 * dW[o, c, u, v] = Σ g[n, o, i, j] · x[n, c, s·i + u − p, s·j + v − p] over pictures and places, as a matrix product
 * for each place (u, v) of the kernel. As a convolution with the cotangent for a kernel, which it is too, onnxruntime
 * takes four times as long.
 */
export function conv2dWeightGrad(
  { inputs, attributes: a, shape }: NodeOf<'conv2dWeightGrad'>,
  { model, nameOf }: Context,
): string {
  const [g, x] = inputs as [Node, Node];
  const [batch, out, height, width] = g.shape as Size4;
  const channels = x.shape[1]!;
  const places = batch * height * width;
  const reshaped = (name: string, to: readonly number[]) => model.node('Reshape', [name, model.ints(to)]);
  const channelsFirst = (name: string) => model.node('Transpose', [name], { perm: [1, 0, 2, 3] });
  const cotangent = reshaped(channelsFirst(nameOf(g)), [out, places]);
  const product = (pictures: string) => model.node('Gemm', [cotangent, pictures], { transB: 1 });

  const patchwork =
    a.padding === 0 &&
    a.kernelHeight === a.stride &&
    a.kernelWidth === a.stride &&
    x.shape[2] === height * a.stride &&
    x.shape[3] === width * a.stride;
  if (patchwork && a.stride === 1)
    return reshaped(product(reshaped(channelsFirst(nameOf(x)), [channels, places])), shape);
  if (patchwork) {
    // Windows that tile the picture: one product of all, each window a column.
    const split = reshaped(nameOf(x), [batch, channels, height, a.stride, width, a.stride]);
    const windows = model.node('Transpose', [split], { perm: [1, 3, 5, 0, 2, 4] });
    return reshaped(product(reshaped(windows, [channels * a.stride ** 2, places])), shape);
  }
  const padded =
    a.padding === 0
      ? nameOf(x)
      : model.node('Pad', [nameOf(x), model.ints(border(a.padding)), '', model.ints([2, 3])]);
  const picture = channelsFirst(padded);
  const ofPlace = (u: number, v: number): string => {
    const ends = [u + a.stride * (height - 1) + 1, v + a.stride * (width - 1) + 1];
    const seen = [picture, ...[[u, v], ends, [2, 3], square(a.stride)].map((axis) => model.ints(axis))];
    return reshaped(product(reshaped(model.node('Slice', seen), [channels, places])), [out, channels, 1]);
  };
  const all: string[] = [];
  for (let u = 0; u < a.kernelHeight; u++) for (let v = 0; v < a.kernelWidth; v++) all.push(ofPlace(u, v));
  return reshaped(model.node('Concat', all, { axis: 2 }), shape);
}

export function avgPool2d(
  { inputs: [x], attributes: { size } }: NodeOf<'avgPool2d'>,
  { model, nameOf }: Context,
): string {
  return model.node('AveragePool', [nameOf(x!)], { kernel_shape: square(size), strides: square(size) });
}

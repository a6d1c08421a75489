import type { ConvAttributes, Shape } from '../../ir/index.ts';
import { numel, stridesOf } from '../../ir/index.ts';
import type { Value } from './array.ts';

/** Calls f(offset in y, offset in x, offset in w) for every multiplication of y = conv2d(x, w). */
function forEachTap(
  y: Shape,
  x: Shape,
  w: Shape,
  { stride, padding }: ConvAttributes,
  f: (iy: number, ix: number, iw: number) => void,
): void {
  const [sy, sx, sw] = [stridesOf(y), stridesOf(x), stridesOf(w)] as const;
  const [batch, outChannels, outHeight, outWidth] = y as [number, number, number, number];
  const [, inChannels, height, width] = x as [number, number, number, number];
  const [, , kernelHeight, kernelWidth] = w as [number, number, number, number];
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outChannels; o++)
      for (let c = 0; c < inChannels; c++)
        for (let i = 0; i < outHeight; i++)
          for (let j = 0; j < outWidth; j++)
            for (let u = 0; u < kernelHeight; u++)
              for (let v = 0; v < kernelWidth; v++) {
                const row = i * stride + u - padding;
                const column = j * stride + v - padding;
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                f(
                  n * sy[0]! + o * sy[1]! + i * sy[2]! + j,
                  n * sx[0]! + c * sx[1]! + row * sx[2]! + column,
                  o * sw[0]! + c * sw[1]! + u * sw[2]! + v,
                );
              }
}

export function conv2d(x: Value, w: Value, shape: Shape, attributes: ConvAttributes): Value {
  const data = new Float64Array(numel(shape));
  forEachTap(shape, x.shape, w.shape, attributes, (iy, ix, iw) => {
    data[iy]! += x.data[ix]! * w.data[iw]!;
  });
  return { shape, data };
}

export function conv2dInputGrad(g: Value, w: Value, shape: Shape, attributes: ConvAttributes): Value {
  const data = new Float64Array(numel(shape));
  forEachTap(g.shape, shape, w.shape, attributes, (iy, ix, iw) => {
    data[ix]! += g.data[iy]! * w.data[iw]!;
  });
  return { shape, data };
}

export function conv2dWeightGrad(g: Value, x: Value, shape: Shape, attributes: ConvAttributes): Value {
  const data = new Float64Array(numel(shape));
  forEachTap(g.shape, x.shape, shape, attributes, (iy, ix, iw) => {
    data[iw]! += g.data[iy]! * x.data[ix]!;
  });
  return { shape, data };
}

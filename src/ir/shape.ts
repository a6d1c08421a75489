/** Sizes of a tensor's axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Raised where a graph is built with operands that do not fit; names the op and the shapes. */
export class ShapeError extends Error {
  readonly op: string;
  readonly shapes: readonly Shape[];

  constructor(op: string, shapes: readonly Shape[], problem: string) {
    super(`${op}(${shapes.map(showShape).join(', ')}): ${problem}`);
    this.name = 'ShapeError';
    this.op = op;
    this.shapes = shapes;
  }
}

/** `[2, 3]` as text. */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Number of elements. */
export function numel(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * The common shape of two operands under NumPy's broadcasting.
 * @throws {ShapeError} if an axis has two sizes and neither is 1.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new ShapeError(op, [a, b], `axis ${axis - rank} has sizes ${left} and ${right}`);
    }
    return left === 1 ? right : left;
  });
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Checks that every axis is within the rank and named once; returns them ascending. */
export function checkAxes(op: string, shape: Shape, axes: readonly number[]): number[] {
  for (const axis of axes) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
      throw new ShapeError(op, [shape], `axis ${axis} is not in 0..${shape.length - 1}`);
    }
  }
  if (new Set(axes).size !== axes.length) throw new ShapeError(op, [shape], `axes ${axes} repeat`);
  return [...axes].sort((a, b) => a - b);
}

/**
 * Checks that a result's sizes are whole numbers from 0 on.
 * @param operands Shapes of what it was made of, for the message.
 */
export function checkSizes(op: string, shape: Shape, operands: readonly Shape[]): void {
  if (shape.every((size) => Number.isInteger(size) && size >= 0)) return;
  throw new ShapeError(op, operands, `${showShape(shape)} is no shape`);
}

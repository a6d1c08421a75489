import { gradients } from '../../src/autodiff/index.ts';
import * as ir from '../../src/ir/index.ts';
import { type TensorflowDevice, tensorflowEngine } from '../../src/runtime/index.ts';
import { irregular } from '../runtime/op-cases.ts';

export const values = (operand: number, count: number): Float32Array =>
  Float32Array.from(irregular(operand, count));

/** A layer of x [6, 16] with its gradient: most ops, and intermediate values in plenty. */
export function layer(): ir.Graph {
  const x = ir.input('x', [6, 16]);
  const weight = ir.constant(values(1, 32 * 16), [32, 16]);
  const picked = ir.gather(x, ir.constant(Int32Array.of(0, 5, 5), [3]));
  const hidden = ir.softmax(ir.quickGelu(ir.linear(ir.standardize(picked), weight, null)));
  const image = ir.conv2d(ir.reshape(hidden, [1, 1, 8, 12]), ir.constant(values(2, 9), [1, 1, 3, 3]), {
    stride: 1,
    padding: 1,
  });
  const loss = ir.reduceSum(ir.mul(image, image), [0, 1, 2, 3]);
  return ir.makeGraph({ loss, gradient: gradients(loss, [x])[0]! });
}

/** The layer's loss, computed several times over: one number, or the runs disagree. */
export async function lossOfLayer(device: TensorflowDevice): Promise<number> {
  const executable = await tensorflowEngine({ device }).compile(layer());
  const losses = new Set<number>();
  for (let i = 0; i < 20; i++) losses.add((await executable.run({ x: values(0, 96) })).loss![0]!);
  await executable.dispose();
  if (losses.size !== 1) throw new Error(`the losses are ${[...losses].join(', ')}`);
  return [...losses][0]!;
}

import * as ir from '../../ir/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { timed } from './workload.ts';

/** Side of the square matrices whose product is the machine's own measure. */
export const MATRIX_SIZE = 1024;

/** The machine's matrix multiplication, 1024³ in float32, compiled for one engine. */
export interface Multiplication {
  /** Milliseconds of one product. */
  run(): Promise<number>;
  dispose(): Promise<void>;
}

/** Compiles the product of two square matrices, the right one a constant as weights are. */
export async function compileMultiplication(engine: Engine): Promise<Multiplication> {
  const shape = [MATRIX_SIZE, MATRIX_SIZE];
  const values = Float32Array.from({ length: MATRIX_SIZE ** 2 }, (_, i) => Math.sin(i));
  const product = ir.matmul(ir.input('left', shape), ir.constant(values, shape, 'right'));
  const executable = await engine.compile(ir.makeGraph({ product }));
  return {
    run: () => timed(() => executable.run({ left: values })),
    dispose: () => executable.dispose(),
  };
}

/** Floating-point operations of one product. */
export const MULTIPLICATION_FLOPS = 2 * MATRIX_SIZE ** 3;

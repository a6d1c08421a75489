import * as ir from '../ir/index.ts';
import { type OnnxDevice, onnxEngine } from './onnx/index.ts';

/** Runs a product of two numbers there: a provider may be built in and yet lack its driver or its card. */
async function tryOut(device: OnnxDevice): Promise<void> {
  const product = ir.matmul(ir.input('a', [1, 1]), ir.input('b', [1, 1]));
  const executable = await onnxEngine({ device }).compile(ir.makeGraph({ product }));
  await executable.run({ a: Float32Array.of(2), b: Float32Array.of(3) });
  await executable.dispose();
}

/**
 * Whether onnxruntime computes on a device of this machine.
 *
 * onnxruntime-node drops a provider it was not built with and goes on with the CPU, and a record would then name a
 * device that computed nothing: so the list of what is built in is asked first, and then the device is tried out.
 *
 * @returns null if it does, or why not, in a line for a person.
 */
export async function deviceProblem(device: OnnxDevice): Promise<string | null> {
  if (device === 'cpu') return null;
  const { listSupportedBackends } = await import('onnxruntime-node');
  const built = listSupportedBackends().map(({ name }) => name);
  if (!built.includes(device)) return `onnxruntime-node for this system has only ${built.join(', ')}`;
  try {
    await tryOut(device);
    return null;
  } catch (error) {
    // A native message may go on for many lines; the first says it.
    return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string;
  }
}

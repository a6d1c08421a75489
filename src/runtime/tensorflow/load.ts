import { openCpu, openCuda } from './native.ts';
import type { Tensorflow, TensorflowDevice } from './tensorflow.ts';
import { openWasm } from './wasm.ts';

const opened = new Map<TensorflowDevice, Tensorflow>();
/** Backends are started one after the other: TensorFlow.js has one that is current. */
let queue: Promise<unknown> = Promise.resolve();

async function openDevice(device: TensorflowDevice, threads: number): Promise<Tensorflow> {
  const known = opened.get(device);
  if (known !== undefined) return known;
  const tensorflow =
    device === 'cuda' ? openCuda(threads) : device === 'cpu' ? openCpu(threads) : await openWasm();
  activate(tensorflow);
  const product = tensorflow.tf.tidy(() => tensorflow.tf.matMul([[2]], [[3]]).dataSync()[0]);
  if (product !== 6) throw new Error(`internal: TensorFlow.js on ${device} says 2 · 3 = ${product}`);
  opened.set(device, tensorflow);
  return tensorflow;
}

/**
 * Loads TensorFlow.js for a device and tries it out.
 * @param threads Threads within one op of the native packages, 0 for TensorFlow's own choice. The first to load one
 *   in a process decides; environment variables that are set stay. WebAssembly has one thread under Node.
 * @throws {TensorflowUnavailable} It does not run there; says what to do.
 */
export function openTensorflow(device: TensorflowDevice, threads = 0): Promise<Tensorflow> {
  const result = queue.then(() => openDevice(device, threads));
  queue = result.catch(() => {});
  return result;
}

/** Makes this TensorFlow.js the current one of the thread: the next ops run on its backend, until another's turn. */
export function activate({ tf, backend, device }: Tensorflow): void {
  if (tf.getBackend() === backend) return;
  // Synchronous for a backend that has been started, as all opened ones have.
  void tf.setBackend(backend);
  if (tf.getBackend() !== backend) throw new Error(`internal: TensorFlow.js does not switch to ${device}`);
}

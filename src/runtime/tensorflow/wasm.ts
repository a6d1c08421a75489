import { loadPackage, type Tensorflow, TensorflowUnavailable, type Tf } from './tensorflow.ts';

const WASM_PACKAGE = '@tensorflow/tfjs-backend-wasm';

/**
 * Loads TensorFlow.js' core with its WebAssembly backend, SIMD where the machine has it.
 * @throws {TensorflowUnavailable} It does not start.
 */
export async function openWasm(): Promise<Tensorflow> {
  const tf = loadPackage('@tensorflow/tfjs-core') as Tf;
  // Says nothing of a second copy of the core, which a native package may bring along: they share one state.
  tf.enableProdMode();
  const { version_wasm } = loadPackage(WASM_PACKAGE) as typeof import('@tensorflow/tfjs-backend-wasm');
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = new Set(events.flatMap((event) => process.listeners(event as 'uncaughtException')));
  if (!(await tf.setBackend('wasm'))) {
    throw new TensorflowUnavailable('wasm', `${WASM_PACKAGE} does not start`, 'npm ci installs it anew');
  }
  // The WebAssembly loader listens for the whole process's errors and throws them again, with another exit code.
  for (const event of events) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before.has(listener)) process.off(event, listener);
    }
  }
  // The packages start threads in browsers only.
  return { tf, device: 'wasm', backend: 'wasm', versions: { [WASM_PACKAGE]: version_wasm }, threads: 1 };
}

import { isMainThread } from 'node:worker_threads';
import {
  isInstalled,
  loadPackage,
  type Tensorflow,
  type TensorflowDevice,
  TensorflowUnavailable,
  type Tf,
} from './tensorflow.ts';

const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
const CPU_PACKAGE = '@tensorflow/tfjs-node';
type NativePackage = typeof GPU_PACKAGE | typeof CPU_PACKAGE;

/** The parts of tfjs-node's backend that are not in the core's interface. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

interface NativeModule extends Tf {
  /** Versions of the packages it consists of. */
  readonly version: Readonly<Record<string, string>>;
}

/**
 * Environment variables that libtensorflow reads once, while it is loaded: how many threads one op has, one op at a
 * time, and no log lines but errors. It asks the process for them, so a thread cannot set them for itself: a program
 * that computes in worker threads gives them to the process it starts.
 * @param threads Threads within one op.
 */
export function tensorflowEnvironment(threads: number): Readonly<Record<string, string>> {
  return {
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
}

/** Sets what a person has not set; in a worker thread this would set a copy that nobody reads. */
function prepareEnvironment(threads: number): void {
  if (!isMainThread) return;
  const wanted = threads === 0 ? { TF_CPP_MIN_LOG_LEVEL: '2' } : tensorflowEnvironment(threads);
  for (const [name, value] of Object.entries(wanted)) process.env[name] ??= value;
}

/** The native package of this thread: both call their backend "tensorflow", so there is one at most. */
let native: { readonly name: NativePackage; readonly tf: NativeModule } | null = null;

const rebuildRemedy = (name: NativePackage): string =>
  name === CPU_PACKAGE
    ? `npm rebuild ${name}, or npm run tfjs-node where Google's storage is not reachable; else --device wasm`
    : `npm rebuild ${name}, with the CUDA libraries its README names; else --device cpu or --device wasm`;

function loadNative(device: TensorflowDevice, name: NativePackage, threads: number): NativeModule {
  if (native?.name === name) return native.tf;
  if (native !== null) {
    throw new TensorflowUnavailable(
      device,
      `${native.name} is loaded already, and one process holds one of the native packages`,
      `use one of the two in a process`,
    );
  }
  prepareEnvironment(threads);
  try {
    native = { name, tf: loadPackage(name) as NativeModule };
    // See openWasm.
    native.tf.enableProdMode();
  } catch (error) {
    // Its own message goes on for a page; the first line says what is missing.
    const [problem] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    throw new TensorflowUnavailable(
      device,
      `${name} is installed and does not load: ${problem}`,
      rebuildRemedy(name),
    );
  }
  return native.tf;
}

function describe(device: TensorflowDevice, tf: NativeModule, name: NativePackage): Tensorflow {
  const { TF_Version } = (tf.findBackend('tensorflow') as unknown as NativeBackend).binding;
  // Both packages state their own version under this key.
  const versions = { [name]: tf.version['tfjs-node'] ?? tf.version_core, libtensorflow: TF_Version };
  const threads = Number(process.env.TF_NUM_INTRAOP_THREADS ?? 0);
  return { tf, device, backend: 'tensorflow', versions, threads: Number.isInteger(threads) ? threads : 0 };
}

function usesGpu(tf: NativeModule): boolean {
  return (tf.findBackend('tensorflow') as unknown as NativeBackend).isUsingGpuDevice;
}

/**
 * Loads tfjs-node-gpu.
 * @param threads See `openTensorflow`.
 * @throws {TensorflowUnavailable} It is missing, or finds no GPU.
 */
export function openCuda(threads: number): Tensorflow {
  if (!isInstalled(GPU_PACKAGE)) {
    const remedy = `npm i ${GPU_PACKAGE}@4.22.0 on a machine with CUDA; else --device cpu or --device wasm`;
    throw new TensorflowUnavailable('cuda', `${GPU_PACKAGE} is not installed`, remedy);
  }
  const tf = loadNative('cuda', GPU_PACKAGE, threads);
  if (usesGpu(tf)) return describe('cuda', tf, GPU_PACKAGE);
  // libtensorflow says so in a log line only, and computes on the CPU.
  const problem = `${GPU_PACKAGE} finds no GPU here, or not the CUDA libraries it was built with`;
  throw new TensorflowUnavailable('cuda', problem, '--device cpu or --device wasm');
}

/**
 * Loads tfjs-node, or where only that is there tfjs-node-gpu, which computes on the CPU where there is no GPU.
 * @param threads See `openTensorflow`.
 * @throws {TensorflowUnavailable} It is missing, or computes elsewhere.
 */
export function openCpu(threads: number): Tensorflow {
  // With no GPU the GPU's package is as good, and may have been looked at just before.
  const name = native?.name ?? [CPU_PACKAGE, GPU_PACKAGE].find(isInstalled);
  if (name === undefined) {
    const remedy = `npm i ${CPU_PACKAGE}@4.22.0, or npm run tfjs-node where Google's storage is not reachable; else --device wasm`;
    throw new TensorflowUnavailable('cpu', `${CPU_PACKAGE} is not installed`, remedy);
  }
  const tf = loadNative('cpu', name as NativePackage, threads);
  if (!usesGpu(tf)) return describe('cpu', tf, name as NativePackage);
  const problem = `${name} computes on the GPU`;
  throw new TensorflowUnavailable(
    'cpu',
    problem,
    '--device cuda, or hide the GPU with CUDA_VISIBLE_DEVICES=-1',
  );
}

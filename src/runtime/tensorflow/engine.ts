import type { Engine } from '../engine.ts';
import { TensorflowExecutable } from './executable.ts';
import { openTensorflow } from './load.ts';
import {
  TENSORFLOW_DEVICES,
  type Tensorflow,
  type TensorflowDevice,
  TensorflowUnavailable,
} from './tensorflow.ts';

export interface TensorflowOptions {
  /** What `chooseTensorflow` found, or one of its kind. */
  readonly device: TensorflowDevice;
  /**
   * Threads within one op of the native packages; default 0, TensorFlow's own choice. It counts for the first use in
   * a process, outside worker threads; elsewhere see `tensorflowEnvironment`. WebAssembly has one.
   */
  readonly threads?: number;
}

/** A device that TensorFlow.js runs on. */
export type TensorflowChoice = Pick<Tensorflow, 'device' | 'versions' | 'threads'> & {
  /** Devices before it in the order, and why they were not taken. */
  readonly passedOver: readonly TensorflowUnavailable[];
};

/**
 * TensorFlow.js, loaded on first use. It interprets the graph, op by op, in float32; `run` blocks the calling thread
 * until it is done.
 */
export function tensorflowEngine({ device, threads = 0 }: TensorflowOptions): Engine {
  return {
    name: 'tensorflow',
    device,
    threads: device === 'wasm' ? 1 : threads,
    async compile(graph) {
      return new TensorflowExecutable(await openTensorflow(device, threads), graph);
    },
  };
}

/**
 * The first device, of CUDA, CPU and WebAssembly, that TensorFlow.js computes on here: it is loaded and tried out.
 * @param asked Only this one.
 * @param threads As in `TensorflowOptions`; loading fixes it.
 * @throws {TensorflowUnavailable} None does; or the one that was asked for doesn't.
 */
export async function chooseTensorflow(
  asked: TensorflowDevice | null = null,
  threads = 0,
): Promise<TensorflowChoice> {
  const passedOver: TensorflowUnavailable[] = [];
  for (const device of asked === null ? TENSORFLOW_DEVICES : [asked]) {
    try {
      const { versions, threads: granted } = await openTensorflow(device, threads);
      return { device, versions, threads: granted, passedOver };
    } catch (error) {
      if (!(error instanceof TensorflowUnavailable)) throw error;
      passedOver.push(error);
    }
  }
  throw passedOver.at(-1)!;
}

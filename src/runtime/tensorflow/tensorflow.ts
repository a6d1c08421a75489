/** The part of TensorFlow.js that the rules use: its core, which every package of it shares. */
export type Tf = typeof import('@tensorflow/tfjs-core');

/** Where TensorFlow.js may run, in the order in which it is looked for; each has a package of its own. */
export const TENSORFLOW_DEVICES = ['cuda', 'cpu', 'wasm'] as const;
export type TensorflowDevice = (typeof TENSORFLOW_DEVICES)[number];

/** A TensorFlow.js that is loaded and has computed. */
export interface Tensorflow {
  readonly tf: Tf;
  readonly device: TensorflowDevice;
  /** The name the backend has within TensorFlow.js. */
  readonly backend: 'tensorflow' | 'wasm';
  /** Versions of what computes, by npm package; also `libtensorflow` for the native ones. */
  readonly versions: Readonly<Record<string, string>>;
  /** Threads within one op; 0 where TensorFlow decides. */
  readonly threads: number;
}

/** TensorFlow.js cannot run on a device here. */
export class TensorflowUnavailable extends Error {
  readonly device: TensorflowDevice;
  /** What a person can do about it. */
  readonly remedy: string;

  constructor(device: TensorflowDevice, problem: string, remedy: string) {
    super(problem);
    this.name = 'TensorflowUnavailable';
    this.device = device;
    this.remedy = remedy;
  }
}

/**
 * Imports a CommonJS package by a name the compiler does not follow: the native packages need not be there.
 * All of them are CommonJS, whose names only `default` holds completely.
 */
export async function importPackage(name: string): Promise<unknown> {
  return ((await import(name)) as { readonly default: unknown }).default;
}

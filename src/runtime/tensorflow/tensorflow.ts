import { createRequire } from 'node:module';

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

const require = createRequire(import.meta.url);

/** Whether Node finds a package; it may still fail to load. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Loads one of TensorFlow.js' packages, which need not be there. They are CommonJS, and `import()` names their
 * contents one way under Node and another under tsx.
 */
export function loadPackage(name: string): unknown {
  return require(name);
}

import {
  chooseTensorflow,
  type Engine,
  onnxEngine,
  type TensorflowDevice,
  TensorflowUnavailable,
  tensorflowEngine,
} from '../src/runtime/index.ts';

/** An engine that the same cases are asked of. */
export interface TestedEngine {
  /** As test titles name it. */
  readonly title: string;
  readonly engine: Engine;
  /** Why it cannot be tested here; false where it can. */
  readonly skip: string | false;
}

async function skipTensorflow(device: TensorflowDevice): Promise<string | false> {
  try {
    await chooseTensorflow(device);
    return false;
  } catch (error) {
    if (!(error instanceof TensorflowUnavailable)) throw error;
    return `${error.message}; ${error.remedy}`;
  }
}

/** Every engine that reproduces published values, in float32; the native TensorFlow where it is installed. */
export const ENGINES: readonly TestedEngine[] = [
  { title: 'onnxruntime', engine: onnxEngine(), skip: false },
  { title: 'TensorFlow.js in WebAssembly', engine: tensorflowEngine({ device: 'wasm' }), skip: false },
  {
    title: 'TensorFlow.js with libtensorflow',
    engine: tensorflowEngine({ device: 'cpu' }),
    skip: await skipTensorflow('cpu'),
  },
];

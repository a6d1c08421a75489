export {
  chooseTensorflow,
  type TensorflowChoice,
  type TensorflowOptions,
  tensorflowEngine,
} from './engine.ts';
export { tensorflowEnvironment } from './native.ts';
export { TENSORFLOW_DEVICES, type TensorflowDevice, TensorflowUnavailable } from './tensorflow.ts';

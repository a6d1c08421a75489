export { deviceProblem } from './device.ts';
export type { Engine, Executable, Feeds } from './engine.ts';
export { ONNX_DEVICES, type OnnxDevice, type OnnxOptions, onnxEngine } from './onnx/index.ts';
export {
  DEVICES,
  type Device,
  ENGINE_DEVICES,
  ENGINE_NAMES,
  type EngineChoice,
  type EngineName,
  knowsDevice,
  openEngine,
} from './open-engine.ts';
export { evaluate, referenceEngine } from './reference/index.ts';
export {
  chooseTensorflow,
  TENSORFLOW_DEVICES,
  type TensorflowChoice,
  type TensorflowDevice,
  type TensorflowOptions,
  TensorflowUnavailable,
  tensorflowEngine,
  tensorflowEnvironment,
} from './tensorflow/index.ts';

export { deviceProblem } from './device.ts';
export type { Engine, Executable, Feeds } from './engine.ts';
export { ONNX_DEVICES, type OnnxDevice, type OnnxOptions, onnxEngine } from './onnx/index.ts';
export { evaluate, referenceEngine } from './reference/index.ts';

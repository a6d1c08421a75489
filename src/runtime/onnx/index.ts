export { ONNX_DEVICES, type OnnxDevice, type OnnxOptions, onnxEngine } from './engine.ts';
export { lowerGraph } from './lower.ts';
export type { EncodedModel } from './model.ts';

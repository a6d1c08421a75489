export * from './safetensors.ts';
export * from './safetensors-dtype.ts';
export { expectTensor, missingTensor, type StateDict, type WeightTensor } from './state-dict.ts';

export {
  ACTIVATIONS,
  type Activation,
  CLIP_NORMALIZATION,
  type ModelFacts,
  type Normalization,
  OPENAI_FACTS,
  type TowerFacts,
  unusualFacts,
} from './facts.ts';
export { weightsSha256 } from './hash.ts';
export { openTensors, weightsFile } from './open-tensors.ts';
export { type OpenedWeights, openWeights } from './open-weights.ts';
export { PUBLISHED_MODELS, type PublishedModel } from './published.ts';
export * from './safetensors.ts';
export * from './safetensors-dtype.ts';
export {
  expectTensor,
  missingTensor,
  type StateDict,
  type WeightTensor,
  withTensors,
} from './state-dict.ts';
export type { TensorEntry, TensorFile } from './tensor-file.ts';
export * from './torch/index.ts';
export { type NamedWeights, type NamingScheme, nameWeights } from './weights.ts';

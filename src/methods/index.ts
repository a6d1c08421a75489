export { Classifier, forRowChunks } from './classify.ts';
export { batchSizeFor, type CoOpConfig, initialContext } from './coop.ts';
export { type CoOpStepSpec, contextShape } from './coop-graph.ts';
export { type CoOpProgram, compileCoOp } from './coop-program.ts';
export { coopFormTensors } from './coop-prompt-form.ts';
export { compileTogether } from './coop-together.ts';
export { type CoOpFit, fitContexts, fitCoOp } from './coop-training.ts';
export { ImageEncoder } from './image-encoder.ts';
export { ImageTuner, rowsFor } from './image-tuner.ts';
export type { LearnedContext, LearnedPrompt } from './learned-prompt.ts';
export { argmaxRows, linearScores, softmaxRows } from './linear-classifier.ts';
export { C_GRID, C_SEARCH_STEPS, fitLinearProbe, type LinearProbe } from './linear-probe.ts';
export { graphObjective } from './logistic-graph.ts';
export { type LabelledFeatures, prepareLogisticRegression } from './logistic-regression.ts';
export type {
  DrawnPictures,
  EpochSource,
  Fit,
  FittedMethod,
  Method,
  MethodContext,
  PictureReads,
  Program,
  TaskSize,
  Towers,
  TrainingSource,
  Work,
} from './method.ts';
export { nearestWords } from './nearest-words.ts';
export { writePrompt } from './own-prompt-form.ts';
export { checkClasses, learnedClasses, type Vocabulary } from './prompt-classes.ts';
export { ProbabilityHead, promptWeights, type RankedClass, rankClasses } from './prompt-classifier.ts';
export { readPrompt } from './prompt-file.ts';
export { promptFlops, stepFlops } from './prompt-flops.ts';
export {
  canonicalMethodKey,
  checkMethodKey,
  METHOD_KEYS,
  METHODS,
  methodConfig,
  methodLearns,
  methodOf,
  methodTitle,
  settingWords,
} from './registry.ts';
export { scorePredictions } from './score.ts';
export { applyTextPart, compileTextTuning, startTextPart, type TextPart } from './text-tuning.ts';
export { encodeTexts, normalizeRows, zeroShotWeights } from './zero-shot.ts';

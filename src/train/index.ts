export { AdamW, type AdamWOptions } from './adamw.ts';
export {
  type LbfgsOptions,
  type LbfgsReason,
  type LbfgsResult,
  lbfgsWorkspace,
  minimizeLbfgs,
  type Objective,
} from './lbfgs.ts';
export { learningRates } from './schedule.ts';
export { Sgd } from './sgd.ts';

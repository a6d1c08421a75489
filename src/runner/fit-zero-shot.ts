import type { ZeroShotConfig } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { zeroShotWeights } from '../methods/index.ts';
import type { Fitted } from './fitted.ts';
import type { WorkerContext } from './worker-context.ts';

/** The classifier of a dataset's hand-made prompts. */
export async function fitZeroShot(
  config: ZeroShotConfig,
  dataset: Dataset,
  context: WorkerContext,
): Promise<Fitted> {
  const { engine, text, tokenizer } = context;
  const weights = await zeroShotWeights(engine, text, tokenizer, dataset.classNames, config.prompts);
  return { weights, bias: new Float32Array(dataset.classNames.length), details: {} };
}

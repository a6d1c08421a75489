import { coopPrompts, layOutPrompts } from '../clip/index.ts';
import type { CoOpConfig } from '../config/index.ts';
import type { Dataset, FewShotDraw } from '../data/index.ts';
import {
  batchSizeFor,
  compileCoOp,
  fitCoOp,
  initialContext,
  nearestWords,
  normalizeRows,
} from '../methods/index.ts';
import { type CellRun, type Fitted, labelsOf } from './fitted.ts';
import { trainFeatures } from './train-features.ts';
import type { WorkerContext } from './worker-context.ts';
import { reportProgress, throwIfCancelled } from './worker-job.ts';

/** Words listed for each learned context vector. */
const NEAREST_WORDS = 5;

/** CoOp on the draw's pictures: the classifier of the learned prompts. */
export async function fitContext(
  run: CellRun,
  config: CoOpConfig,
  dataset: Dataset,
  draw: FewShotDraw,
  context: WorkerContext,
): Promise<Fitted> {
  const { text, tokenizer, engine } = context;
  const seed = run.payload.cell.seed as number;
  const { nCtx, position, csc } = config;
  const { contextLength, width } = text.architecture;
  const batchSize = batchSizeFor(draw.train.length, config.batchSize);
  const program = await context.program(
    [dataset.fingerprint, nCtx, position, csc, batchSize].join(' '),
    () => {
      const prompts = coopPrompts(tokenizer, dataset.classNames, { nCtx, position, contextLength });
      return compileCoOp(engine, {
        layout: layOutPrompts(prompts, csc),
        text,
        logitScale: context.logitScale,
        nCtx,
        batchSize,
        embedDim: context.checkpoint.architecture.embedDim,
      });
    },
  );
  const fit = await fitCoOp({
    config,
    seed,
    program,
    start: initialContext(config, { classCount: dataset.classNames.length, seed, text, tokenizer }),
    features: await trainFeatures(context, dataset, draw.train, { seed, views: config.views }),
    labels: labelsOf(draw.train),
    onEpoch: (epoch, loss) => {
      reportProgress(
        run,
        (epoch + 1) / config.epochs,
        `epoch ${epoch + 1} of ${config.epochs}, loss ${loss.toFixed(3)}`,
      );
    },
    beforeStep: () => throwIfCancelled(run),
  });
  const features = await program.textFeatures(fit.ctx);
  const words = csc
    ? {}
    : {
        nearestWords: nearestWords({
          vectors: fit.ctx,
          embeddings: text.tokenEmbedding.attributes.data as Float32Array,
          dim: width,
          tokenOf: (id) => tokenizer.tokenOf(id),
          count: NEAREST_WORDS,
        }),
      };
  return {
    weights: normalizeRows(features, context.checkpoint.architecture.embedDim),
    bias: new Float32Array(dataset.classNames.length),
    details: { lossPerEpoch: fit.lossPerEpoch, steps: fit.steps, ...words },
    context: { data: fit.ctx, shape: csc ? [dataset.classNames.length, nCtx, width] : [nCtx, width] },
  };
}

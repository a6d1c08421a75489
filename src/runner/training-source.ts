import type { Dataset, FewShotDraw } from '../data/index.ts';
import type { Towers, TrainingSource } from '../methods/index.ts';
import { drawnPictures } from './drawn-pictures.ts';
import type { WorkerContext } from './worker-context.ts';
import { isCancelled, reportProgress, throwIfCancelled, type WorkerJob } from './worker-job.ts';

/** The frozen model of a worker, and nothing else of it: its datasets and features stay out of a fit's reach. */
function towersOf(context: WorkerContext): Towers {
  return {
    engine: context.engine,
    checkpoint: context.checkpoint,
    classifier: context.classifier,
    get text() {
      return context.text;
    },
    get tokenizer() {
      return context.tokenizer;
    },
    get logitScale() {
      return context.logitScale;
    },
    program: (name, compile) => context.program(name, compile),
  };
}

/** What a method learns from. It holds no test picture, and nothing that leads to one. */
export function trainingSource(
  job: Pick<WorkerJob, 'taskId' | 'cancelFlag'>,
  context: WorkerContext,
  dataset: Dataset,
  draw: FewShotDraw,
  seed: number | null,
): TrainingSource {
  const random = seed ?? 0;
  return {
    towers: towersOf(context),
    classNames: dataset.classNames,
    task: dataset.fingerprint,
    seed: random,
    train: drawnPictures(context, dataset, draw.train, random),
    val: drawnPictures(context, dataset, draw.val, random),
    progress: (fraction, words) => reportProgress(job, fraction, words),
    get cancelled() {
      return isCancelled(job);
    },
    throwIfCancelled: () => throwIfCancelled(job),
  };
}

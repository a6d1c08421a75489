import type { Dataset, Datum, FewShotDraw } from '../data/index.ts';
import { C_GRID, C_SEARCH_STEPS, fitLinearProbe, graphObjective } from '../methods/index.ts';
import { type CellRun, type Fitted, labelsOf } from './fitted.ts';
import { TEST_VIEW } from './views.ts';
import type { WorkerContext } from './worker-context.ts';
import { isCancelled, reportProgress, throwIfCancelled } from './worker-job.ts';

/** Fits of a probe's whole search: the grid, both ends of the interval, a new end a halving. For progress only. */
const PROBE_FITS = C_GRID.length + C_SEARCH_STEPS + 1;

/** A linear probe on the draw's pictures, its C chosen on the drawn validation pictures. */
export async function fitProbe(
  run: CellRun,
  dataset: Dataset,
  draw: FewShotDraw,
  context: WorkerContext,
): Promise<Fitted> {
  const view = { index: TEST_VIEW, mirror: false };
  const part = async (data: readonly Datum[]) => ({
    features: await context.features(data, view),
    labels: labelsOf(data),
  });
  const objectives: { dispose(): Promise<void> }[] = [];
  let fits = 0;
  try {
    const { weights, bias, c, iterations, validationAccuracy } = await fitLinearProbe({
      train: await part(draw.train),
      val: await part(draw.val),
      classCount: dataset.classNames.length,
      objectiveFactory: async (problem) => {
        const made = await graphObjective(context.engine, problem);
        objectives.push(made);
        return made.objective;
      },
      classify: (features, _, classifier) => {
        fits += 1;
        reportProgress(run, fits / PROBE_FITS, `fit ${fits}`);
        return context.classifier.predict(features, classifier.weights, classifier.bias);
      },
      signal: {
        get aborted() {
          return isCancelled(run);
        },
        throwIfAborted: () => throwIfCancelled(run),
      },
    });
    return { weights, bias, details: { c, iterations, validationAccuracy } };
  } finally {
    for (const made of objectives) await made.dispose();
  }
}

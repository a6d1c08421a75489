import { coveredLabels, inClassesOf } from '../../datasets/index.ts';
import type { Score } from '../config/index.ts';
import type { Dataset, Datum } from '../data/index.ts';
import { argmaxRows, type FittedMethod, forRowChunks, scorePredictions } from '../methods/index.ts';
import { labelsOf, testPixels } from './drawn-pictures.ts';
import { testSubset } from './test-subset.ts';
import { TEST_VIEW } from './views.ts';
import type { WorkerContext } from './worker-context.ts';

/** Rows of scores, the first of which is example `start`; `used` of them count. */
type Visit = (scores: Float32Array, start: number, used: number) => void;

/** Hands on the scores of test pictures piece by piece. */
async function forScores(
  fitted: FittedMethod,
  context: WorkerContext,
  test: readonly Datum[],
  visit: Visit,
  beforeBatch: () => void,
): Promise<void> {
  const { reads } = fitted;
  switch (reads) {
    case 'features': {
      const features = await context.features(test, { index: TEST_VIEW, mirror: false });
      await forRowChunks(features, context.checkpoint.architecture.embedDim, async (rows, start, used) => {
        visit(await fitted.scores(rows, used), start, used);
      });
      return;
    }
    case 'pixels': {
      const size = 3 * context.resolution ** 2;
      const images = new Float32Array(fitted.batch * size);
      for (let start = 0; start < test.length; start += fitted.batch) {
        beforeBatch();
        const pictures = test.slice(start, start + fitted.batch);
        images.set(await testPixels(context, pictures));
        visit(await fitted.scores(images, pictures.length), start, pictures.length);
      }
      return;
    }
    default:
      reads satisfies never;
  }
}

/**
 * The one look at a target's test pictures: its score over the classes it has pictures of, as its own label subset.
 *
 * @param target Its labels are made those of `source`.
 * @param limit Pictures at most, or null.
 * @param beforeBatch Asked between batches of pictures; throw to stop.
 */
export async function scoreTarget(
  target: Dataset,
  source: Dataset,
  limit: number | null,
  fitted: FittedMethod,
  context: WorkerContext,
  beforeBatch: () => void,
): Promise<Score> {
  const dataset = inClassesOf(target, source);
  const test = testSubset(dataset.test, limit);
  const classes = source.classNames.length;
  const covered = new Set(coveredLabels(dataset));
  // A target that lacks classes is scored over its own: the others cannot be chosen.
  const foreign = Array.from({ length: classes }, (_, label) => label).filter((label) => !covered.has(label));
  const predicted = new Int32Array(test.length);
  const choose: Visit = (scores, start, used) => {
    for (const label of foreign) {
      for (let row = 0; row < used; row++) scores[row * classes + label] = Number.NEGATIVE_INFINITY;
    }
    predicted.set(argmaxRows(scores.subarray(0, used * classes), classes), start);
  };
  await forScores(fitted, context, test, choose, beforeBatch);
  return scorePredictions(target.key, predicted, labelsOf(test), classes);
}

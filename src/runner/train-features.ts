import { type Dataset, type Datum, stream } from '../data/index.ts';
import type { TrainFeatures } from '../methods/index.ts';
import { freshViewRequest } from './views.ts';
import type { WorkerContext } from './worker-context.ts';

/** N fixed crops of every picture, encoded before; each epoch draws one, by (seed, epoch, picture). */
async function fixedViews(
  context: WorkerContext,
  dataset: Dataset,
  data: readonly Datum[],
  seed: number,
  views: number,
): Promise<TrainFeatures> {
  const dim = context.checkpoint.architecture.embedDim;
  const perView: Float32Array[] = [];
  for (let index = 0; index < views; index++) {
    perView.push(await context.features(data, { index, mirror: dataset.mirrors }));
  }
  const names = data.map(({ picture }) => context.pictureKey(picture));
  return {
    count: data.length,
    async batch(epoch, indices) {
      const features = new Float32Array(indices.length * dim);
      indices.forEach((i, row) => {
        const view = stream('view', seed, epoch, names[i]!).int(views);
        features.set(perView[view]!.subarray(i * dim, (i + 1) * dim), row * dim);
      });
      return features;
    },
  };
}

/** A new crop every time, encoded when it is asked for: the paper's way. */
function freshViews(
  context: WorkerContext,
  dataset: Dataset,
  data: readonly Datum[],
  seed: number,
): TrainFeatures {
  return {
    count: data.length,
    async batch(epoch, indices) {
      const encoder = await context.encoder();
      const { pictures } = context;
      const load = async (i: number) => {
        const { picture } = data[indices[i]!]!;
        const key = { seed, epoch, mirror: dataset.mirrors };
        return pictures.prepare(
          freshViewRequest(picture, context.pictureKey(picture), key, encoder.resolution),
        );
      };
      return encoder.encode(indices.length, load, pictures.ahead);
    },
  };
}

/** The training pictures of a draw as CoOp's loop reads them. */
export async function trainFeatures(
  context: WorkerContext,
  dataset: Dataset,
  data: readonly Datum[],
  { seed, views }: { readonly seed: number; readonly views: number | 'fresh' },
): Promise<TrainFeatures> {
  return views === 'fresh'
    ? freshViews(context, dataset, data, seed)
    : fixedViews(context, dataset, data, seed, views);
}

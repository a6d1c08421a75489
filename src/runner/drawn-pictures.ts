import { type Dataset, type Datum, normalizationTable, normalizeInto, stream } from '../data/index.ts';
import type { DrawnPictures, EpochSource } from '../methods/index.ts';
import { freshViewRequest, TEST_VIEW, viewRequest } from './views.ts';
import type { WorkerContext } from './worker-context.ts';

/** What training crops of a draw depend on. */
interface Crops {
  readonly context: WorkerContext;
  readonly dataset: Dataset;
  readonly data: readonly Datum[];
  readonly seed: number;
}

/** Which of N fixed crops of a picture an epoch takes: keyed by (seed, epoch, picture). */
const fixedCrop = (seed: number, epoch: number, name: string, views: number): number =>
  stream('view', seed, epoch, name).int(views);

/** N fixed crops of every picture, encoded before; each epoch draws one. */
async function fixedCropFeatures(
  { context, dataset, data, seed }: Crops,
  views: number,
): Promise<EpochSource> {
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
        const view = fixedCrop(seed, epoch, names[i]!, views);
        features.set(perView[view]!.subarray(i * dim, (i + 1) * dim), row * dim);
      });
      return features;
    },
  };
}

/** The crop of a picture in an epoch: one of N fixed ones, or a new one. */
function cropRequest(
  { context, dataset, data, seed }: Crops,
  views: number | 'fresh',
  epoch: number,
  i: number,
) {
  const { picture } = data[i]!;
  const name = context.pictureKey(picture);
  const mirror = dataset.mirrors;
  return views === 'fresh'
    ? freshViewRequest(picture, name, { seed, epoch, mirror }, context.resolution)
    : viewRequest(picture, name, { index: fixedCrop(seed, epoch, name, views), mirror }, context.resolution);
}

/** A new crop every time, encoded when it is asked for: the paper's way. */
function freshCropFeatures(crops: Crops): EpochSource {
  const { context, data } = crops;
  return {
    count: data.length,
    async batch(epoch, indices) {
      const encoder = await context.encoder();
      const { pictures } = context;
      const load = (row: number) => pictures.prepare(cropRequest(crops, 'fresh', epoch, indices[row]!));
      return encoder.encode(indices.length, load, pictures.ahead);
    },
  };
}

/** Pictures [B, 3, R, R], normalised, from their requests. */
async function pixelsOf(
  { pictures, checkpoint, resolution }: WorkerContext,
  requests: readonly Parameters<WorkerContext['pictures']['prepare']>[0][],
): Promise<Float32Array> {
  const table = normalizationTable(checkpoint.facts.normalization);
  const size = 3 * resolution ** 2;
  const images = new Float32Array(requests.length * size);
  const loaded = await Promise.all(requests.map((request) => pictures.prepare(request)));
  loaded.forEach((picture, row) => {
    normalizeInto(picture, images, row * size, table);
  });
  return images;
}

/** Pictures of a dataset under the test transform as pixels: [B, 3, R, R]. */
export function testPixels(context: WorkerContext, data: readonly Datum[]): Promise<Float32Array> {
  const view = { index: TEST_VIEW, mirror: false };
  return pixelsOf(
    context,
    data.map(({ picture }) => viewRequest(picture, context.pictureKey(picture), view, context.resolution)),
  );
}

export const labelsOf = (data: readonly Datum[]): Int32Array => Int32Array.from(data, ({ label }) => label);

/** Pictures of a draw as methods read them. */
export function drawnPictures(
  context: WorkerContext,
  dataset: Dataset,
  data: readonly Datum[],
  seed: number,
): DrawnPictures {
  const crops: Crops = { context, dataset, data, seed };
  return {
    labels: labelsOf(data),
    features: () => context.features(data, { index: TEST_VIEW, mirror: false }),
    cropFeatures: async (views) =>
      views === 'fresh' ? freshCropFeatures(crops) : fixedCropFeatures(crops, views),
    cropPixels: async (views) => ({
      count: data.length,
      batch: (epoch, indices) =>
        pixelsOf(
          context,
          indices.map((i) => cropRequest(crops, views, epoch, i)),
        ),
    }),
    pixels: (indices) =>
      testPixels(
        context,
        indices.map((i) => data[i]!),
      ),
  };
}

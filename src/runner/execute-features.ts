import type { FeaturesJob, JobValue } from './job.ts';
import { loadView } from './views.ts';
import type { WorkerContext } from './worker-context.ts';
import { reportProgress, throwIfCancelled, type WorkerJob } from './worker-job.ts';

/** Encodes the pictures of a job that the cache does not hold yet, and stores them together. */
export async function executeFeatures(
  job: WorkerJob<FeaturesJob>,
  context: WorkerContext,
): Promise<JobValue> {
  const { dataset: name, groups } = job.payload;
  const dataset = await context.dataset(name);
  const wanted = new Map(
    groups.flatMap(({ split, view: index, indices }) => {
      const view = { index, mirror: dataset.mirrors };
      return indices.map((i) => {
        const datum = dataset[split][i]!;
        return [context.featureKey(datum, view), { datum, view }] as const;
      });
    }),
  );
  context.store.refresh();
  const missing = context.store.missing([...wanted.keys()]);
  if (missing.length > 0) {
    const encoder = await context.encoder();
    const features = await encoder.encode(missing.length, async (i) => {
      throwIfCancelled(job);
      reportProgress(job, i / missing.length, `${i} of ${missing.length} pictures`);
      const { datum, view } = wanted.get(missing[i]!)!;
      return loadView(datum.picture, view, encoder.resolution);
    });
    context.store.append(missing, features);
  }
  return { kind: 'features', encoded: missing.length, cached: wanted.size - missing.length };
}

import { UserError } from '../config/index.ts';
import type { RgbImage } from '../data/index.ts';
import type { FeaturesJob, JobValue } from './job.ts';
import { loadView } from './views.ts';
import type { WorkerContext } from './worker-context.ts';
import { reportProgress, throwIfCancelled, type WorkerJob } from './worker-job.ts';

/**
 * The value, or null for a picture that is missing or cannot be read: only the cells that need it fail, each
 * with the reason, when they ask for its feature.
 */
async function unlessUnreadable<T>(make: () => T | Promise<T>): Promise<T | null> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Encodes the pictures of a job that the cache does not hold yet, and stores them together. */
export async function executeFeatures(
  job: WorkerJob<FeaturesJob>,
  context: WorkerContext,
): Promise<JobValue> {
  const { dataset: name, groups } = job.payload;
  const dataset = await context.dataset(name);
  const wanted = new Map<string, () => Promise<RgbImage>>();
  for (const { split, view: index, indices } of groups) {
    const view = { index, mirror: dataset.mirrors };
    for (const i of indices) {
      const datum = dataset[split][i]!;
      const key = await unlessUnreadable(() => context.featureKey(datum, view));
      if (key !== null) wanted.set(key, () => loadView(datum.picture, view, context.resolution));
    }
  }
  context.store.refresh();
  const missing = context.store.missing([...wanted.keys()]);
  const keys: string[] = [];
  const features: Float32Array[] = [];
  const encoder = missing.length > 0 ? await context.encoder() : null;
  const load = (start: number) =>
    Promise.all(
      missing.slice(start, start + (encoder?.batch ?? 0)).map(async (key) => {
        const image = await unlessUnreadable(wanted.get(key)!);
        return image === null ? null : { key, image };
      }),
    );
  // The engine's run blocks this thread: what can be read and decoded outside of it meanwhile is the next batch.
  let coming = encoder === null ? null : load(0);
  for (let start = 0; encoder !== null && coming !== null; start += encoder.batch) {
    throwIfCancelled(job);
    reportProgress(job, start / missing.length, `${start} of ${missing.length} pictures`);
    const loaded = (await coming).filter((entry) => entry !== null);
    const next = start + encoder.batch;
    coming = next < missing.length ? load(next) : null;
    coming?.catch(() => {});
    keys.push(...loaded.map(({ key }) => key));
    features.push(await encoder.encode(loaded.length, async (i) => loaded[i]!.image));
  }
  if (keys.length > 0) context.store.append(keys, joined(features));
  return { kind: 'features', encoded: keys.length, cached: wanted.size - missing.length };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

import { UserError } from '../config/index.ts';
import type { PictureRequest } from '../data/index.ts';
import type { ImageEncoder } from '../methods/index.ts';
import type { FeaturesJob, JobValue } from './job.ts';
import { viewRequest } from './views.ts';
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

/** The views of a job, by feature key. */
async function wantedViews(
  { payload: { dataset: name, groups } }: WorkerJob<FeaturesJob>,
  context: WorkerContext,
): Promise<Map<string, PictureRequest>> {
  const dataset = await context.dataset(name);
  const wanted = new Map<string, PictureRequest>();
  for (const { split, view: index, indices } of groups) {
    const view = { index, mirror: dataset.mirrors };
    for (const i of indices) {
      const datum = dataset[split][i]!;
      const key = await unlessUnreadable(() => context.featureKey(datum, view));
      if (key === null) continue;
      const content = context.pictureKey(datum.picture);
      wanted.set(key, viewRequest(datum.picture, content, view, context.resolution));
    }
  }
  return wanted;
}

/** Encodes pictures under their keys and stores them together. @returns how many could be read. */
async function encodeMissing(
  job: WorkerJob<FeaturesJob>,
  { pictures, store }: WorkerContext,
  encoder: ImageEncoder,
  missing: readonly { readonly key: string; readonly request: PictureRequest }[],
): Promise<number> {
  const keys: string[] = [];
  const features: Float32Array[] = [];
  const progress = (done: number) => {
    throwIfCancelled(job);
    reportProgress(job, done / missing.length, `${done} of ${missing.length} pictures`);
  };
  progress(0);
  const load = (i: number) => unlessUnreadable(() => pictures.prepare(missing[i]!.request));
  let seen = 0;
  for await (const encoded of encoder.encodeBatches(missing.length, load, pictures.ahead)) {
    keys.push(...encoded.indices.map((i) => missing[i]!.key));
    features.push(encoded.features);
    seen = Math.min(missing.length, seen + encoder.batch);
    progress(seen);
  }
  if (keys.length > 0) store.append(keys, joined(features));
  return keys.length;
}

/** Encodes the pictures of a job that the cache does not hold yet, and stores them together. */
export async function executeFeatures(
  job: WorkerJob<FeaturesJob>,
  context: WorkerContext,
): Promise<JobValue> {
  const wanted = await wantedViews(job, context);
  context.rememberContents();
  context.store.refresh();
  const missing = context.store
    .missing([...wanted.keys()])
    .map((key) => ({ key, request: wanted.get(key)! }));
  const encoded =
    missing.length > 0 ? await encodeMissing(job, context, await context.encoder(), missing) : 0;
  return { kind: 'features', encoded, cached: wanted.size - missing.length };
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

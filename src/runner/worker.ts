import { canonicalJson } from '../config/index.ts';
import { executeCells } from './execute-cells.ts';
import { executeFeatures } from './execute-features.ts';
import type { CellsJob, FeaturesJob, Job, JobValue } from './job.ts';
import { WorkerContext } from './worker-context.ts';
import type { WorkerJob } from './worker-job.ts';

/** The context of the backbone this thread last worked for. */
let current: { readonly name: string; readonly context: WorkerContext } | null = null;

async function contextFor({ payload, threads }: WorkerJob<Job>): Promise<WorkerContext> {
  const name = canonicalJson({ ...payload.place, threads });
  if (current?.name !== name) {
    const before = current;
    current = null;
    await before?.context.dispose();
    current = { name, context: await WorkerContext.open(payload.place, threads) };
  }
  return current.context;
}

/** Entry of the pool's threads: does one job. */
export default async function work(job: WorkerJob<Job>): Promise<JobValue> {
  const context = await contextFor(job);
  const { kind } = job.payload;
  switch (kind) {
    case 'features':
      return executeFeatures(job as WorkerJob<FeaturesJob>, context);
    case 'cells':
      return executeCells(job as WorkerJob<CellsJob>, context);
    default:
      return kind satisfies never;
  }
}

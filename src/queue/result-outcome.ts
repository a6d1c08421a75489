import { writeFileAtomic } from '../files/index.ts';
import { type JobValue, type Outcome, promptPath } from '../runner/index.ts';
import type { QueueJob, QueueResult } from './job.ts';
import type { Results } from './results.ts';

type WithoutTask<T> = T extends unknown ? Omit<T, 'taskId'> : never;

/**
 * What came of a job, by its result; learned prompts are on disk afterwards.
 *
 * @returns Null: the result lacks something, was dropped, and is to be computed again.
 */
export async function resultOutcome(
  results: Results,
  id: string,
  job: QueueJob,
  result: QueueResult,
  promptDir: string,
): Promise<WithoutTask<Outcome<JobValue>> | null> {
  if (result.status !== 'ok') return { status: result.status, error: result.error };
  const { records, prompts } = result;
  const wanted = records.filter(({ key }) => job.wanted.includes(key));
  const files = await Promise.all(prompts.map((key) => results.prompt(id, key)));
  if (wanted.length < job.wanted.length || files.includes(null)) {
    await results.drop(id);
    return null;
  }
  for (const [i, key] of prompts.entries()) {
    if (job.wanted.includes(key)) writeFileAtomic(promptPath(promptDir, key), [files[i]!]);
  }
  return { status: 'ok', value: { kind: 'cells', records: wanted } };
}

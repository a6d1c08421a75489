import { UserError } from '../../config/index.ts';
import { type Parallelism, type Rates, runTasks } from '../../runner/index.ts';
import { type EngineChoice, tensorflowEnvironment } from '../../runtime/index.ts';
import type { RatesJob } from './rates-worker.ts';

const [WARM_UP_MS, MEASURE_MS] = [500, 1000];

/**
 * What a worker reaches here beside the others and beside what else runs on the machine: all multiply at once, in a
 * pool like that of a run.
 *
 * @returns The mean over the workers.
 * @throws {UserError} RATES_FAILED: the engine cannot multiply; POOL_START_FAILED.
 */
export async function measureRates(runtime: EngineChoice, { workers, threads }: Parallelism): Promise<Rates> {
  const payload: RatesJob = { runtime, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS };
  const tasks = Array.from({ length: workers }, (_, i) => ({
    id: `rates ${i + 1}`,
    needs: [],
    cost: 1,
    payload,
  }));
  const outcomes = await runTasks<Rates>(tasks, {
    workers,
    threads,
    environment: runtime.engine === 'tensorflow' ? tensorflowEnvironment(threads) : {},
    workerModule: new URL('./rates-worker.ts', import.meta.url),
  });
  const rates = outcomes.map((outcome) => {
    if (outcome.status === 'ok') return outcome.value;
    throw new UserError('RATES_FAILED', {
      where: 'measuring how fast this machine multiplies',
      expected: 'products of matrices on every worker',
      found: outcome.status === 'failed' ? outcome.error.message : 'the measurement was stopped',
      hint: 'fewer --workers, in case memory is short',
    });
  });
  const mean = (of: (rates: Rates) => number): number =>
    rates.reduce((sum, one) => sum + of(one), 0) / workers;
  return { multiply: mean(({ multiply }) => multiply), pass: mean(({ pass }) => pass) };
}

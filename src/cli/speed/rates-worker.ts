import * as ir from '../../ir/index.ts';
import type { Rates, WorkerJob } from '../../runner/index.ts';
import { type EngineChoice, openEngine } from '../../runtime/index.ts';
import { compileMultiplication, MULTIPLICATION_FLOPS } from './multiplication.ts';
import { timed } from './workload.ts';

/** What is measured, and for how long. */
export interface RatesJob {
  readonly runtime: EngineChoice;
  /** Until the other workers are under way too. */
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** The MLP's numbers of a thousand rows of the icon suite's tower. */
const [ROWS, COLUMNS] = [1024, 512];
/** σ, two products, a difference and two sums: as an activation and its gradient. */
const PASSES = 6;

/** Operations on single numbers, one after the other. */
async function compilePasses(engine: ReturnType<typeof openEngine>): Promise<() => Promise<number>> {
  const x = ir.input('x', [ROWS, COLUMNS]);
  const s = ir.sigmoid(x);
  const y = ir.mul(x, s);
  const sums = ir.reduceSum(ir.add(s, ir.sub(y, ir.mul(y, s))), [1]);
  const executable = await engine.compile(ir.makeGraph({ sums }));
  const values = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.sin(i));
  return () => timed(() => executable.run({ x: values }));
}

/** Entry of pool threads: what this one reaches while the others measure too. */
export default async function measureRates({ payload, threads }: WorkerJob<RatesJob>): Promise<Rates> {
  const engine = openEngine(payload.runtime, threads);
  const multiplication = await compileMultiplication(engine);
  const pass = await compilePasses(engine);
  const both = async () => ({ product: await multiplication.run(), pass: await pass() });
  const end = performance.now() + payload.warmUpMs;
  while (performance.now() < end) await both();
  let [runs, products, passes] = [0, 0, 0];
  for (; products + passes < payload.measureMs; runs++) {
    const took = await both();
    products += took.product;
    passes += took.pass;
  }
  return {
    multiply: (runs * MULTIPLICATION_FLOPS) / products,
    pass: (runs * PASSES * ROWS * COLUMNS) / passes,
  };
}

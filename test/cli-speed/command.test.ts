import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { run } from '../grid/command.ts';

interface Result {
  readonly threads: number;
  readonly value: number;
  readonly unit: string;
  readonly gflops: number | null;
  readonly ratio: number | null;
  readonly gemm_gflops: number;
  readonly rss_mb?: number;
  readonly problem: string;
}

interface Report {
  readonly gemm_gflops: number;
  readonly gemm_gflops_by_threads: Readonly<Record<string, number>>;
  readonly measures: Readonly<Record<string, Result>>;
}

const near = (actual: number, expected: number, relative: number): void =>
  assert.ok(Math.abs(actual / expected - 1) < relative, `${actual} is not about ${expected}`);

describe('bench speed', () => {
  it('prints each measure beside the multiplication rate of as many threads', async () => {
    const names = 'decode-resize,coop-step-10';
    const { code, stdout, stderr } = await run([
      ...['bench', 'speed', '--only', names, '--rounds', '1', '--threads', '1', '--json'],
    ]);
    assert.equal(code, 0, stderr);
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual(Object.keys(report.measures).sort(), ['coop-step-10', 'decode-resize']);
    assert.ok(report.gemm_gflops > 0);
    assert.equal(report.gemm_gflops_by_threads['1'], report.gemm_gflops);

    const step = report.measures['coop-step-10']!;
    assert.equal(step.unit, 'ms/step');
    assert.equal(step.threads, 1);
    // EuroSAT's ten names: 23 words, of which "herbaceous" is two tokens; "." and EOT each; SOT and the 16 vectors
    // stand once.
    const rows = 1 + 16 + 24 + 2 * 10;
    assert.match(step.problem, new RegExp(`K = 10, M = 16 end, batch 32, ${rows} rows`));
    const operations = 4 * 512 ** 2 * (11 * 12 * rows + 2 * rows + 10 * 10);
    near(step.gflops!, operations / step.value / 1e6, 1e-3);
    near(step.ratio!, step.gflops! / step.gemm_gflops, 1e-3);
    assert.ok(step.rss_mb! > 100);

    const decoding = report.measures['decode-resize']!;
    assert.equal(decoding.unit, 'pictures/s');
    assert.ok(decoding.value > 0);
    assert.deepEqual([decoding.gflops, decoding.ratio], [null, null]);
  });

  it('refuses a measure it does not know and names the nearest, before any work', async () => {
    const { code, stdout, stderr } = await run(['bench', 'speed', '--only', 'coop-step-99']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /UNKNOWN_MEASURE.*coop-step-99/s);
    assert.match(stderr, /did you mean coop-step-/);
  });

  it('refuses more threads than there are cores', async () => {
    const threads = String(availableParallelism() + 1);
    const { code, stderr } = await run(['bench', 'speed', '--only', 'decode-resize', '--threads', threads]);
    assert.equal(code, 2);
    assert.match(stderr, /BAD_PARALLELISM/);
  });

  it('tells its measures in its help', async () => {
    const { code, stdout } = await run(['bench', 'speed', '--help']);
    assert.equal(code, 0);
    for (const name of ['coop-step-100-csc', 'encode-vit-b32', 'linear-probe', 'runner-overhead']) {
      assert.ok(stdout.includes(name), name);
    }
  });
});

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { BENCHMARKS, type BenchmarkKey } from '../../benchmarks/index.ts';
import { IMAGENET_SHIFTS, PAPER_SETS } from '../../datasets/index.ts';
import type { Study } from '../../src/config/index.ts';
import { methodLearns } from '../../src/methods/index.ts';
import { makeTree, TREES } from '../datasets/trees.ts';
import { run } from './command.ts';
import { writeRandomRn50 } from './random-rn50.ts';

const GIB = 2 ** 30;
/** Two workers hold RN50 in the long form, and one of them its gradients besides. */
const skip = totalmem() < 8 * GIB ? 'needs 8 GiB of memory' : false;

/** More than some of the trees have test pictures, and less than others. */
const LIMIT = 3;

const long = process.env.COOP_BENCH_WIRING === 'all' ? false : 'long: COOP_BENCH_WIRING=all runs it';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-wiring-'));
after(() => rmSync(root, { recursive: true, force: true }));
const [data, backbone, out] = [join(root, 'data'), join(root, 'random-rn50.safetensors'), join(root, 'out')];

/** CoOp's split file, where there is one. */
const splitOf = (key: string) => (TREES[key]!.splitFile ?? TREES[key]!).split;

/** What a study's table has to say, a line a row; `datasets` are those that are trained on. */
function expectedRows({ photographs }: Study, datasets: readonly string[]): string[] {
  return datasets.flatMap((dataset) =>
    photographs.methods.flatMap((method) =>
      [dataset, ...photographs.targets].map((target) => {
        const count = Math.min(LIMIT, splitOf(target).test.length);
        const draw = methodLearns(method) ? '1 shot, seed 1' : '0 shot, seed ';
        return `${dataset} on ${target}: ${method}, ${draw}, ${count} pictures, ok`;
      }),
    ),
  );
}

/** Runs an experiment and holds it to its declaration. @returns Cells that were computed and those that were there. */
async function runExperiment(
  key: BenchmarkKey,
  request: { readonly studies?: readonly string[]; readonly datasets?: readonly string[] } = {},
): Promise<{ readonly computed: number; readonly reused: number }> {
  const all: readonly Study[] = BENCHMARKS[key].studies;
  const studies = all.filter((study) => request.studies?.includes(study.key) ?? true);
  // One folder of records: what experiments share is computed once.
  const { code, stdout, stderr } = await run([
    ...['bench', key, '--data', data, '--backbone', backbone, '--out', out, '--cache', join(root, 'cache')],
    ...['--limit', String(LIMIT), '--shots', '1', '--seeds', '1', '--epochs', '1', '--views', '1'],
    ...(request.studies ? ['--studies', request.studies.join(',')] : []),
    ...(request.datasets ? ['--datasets', request.datasets.join(',')] : []),
    ...['--progress', 'none', '--json'],
  ]);
  assert.equal(code, 0, stderr);
  const { cells, failed, computed, reused } = JSON.parse(stdout) as Record<
    'cells' | 'failed' | 'computed' | 'reused',
    number
  >;
  assert.deepEqual([failed, computed + reused], [0, cells]);

  const keys = new Set<string>();
  for (const study of studies) {
    const folder = studies.length === 1 ? out : join(out, study.key);
    const rows = parse(readFileSync(join(folder, 'cells.csv')), { columns: true }) as Record<
      string,
      string
    >[];
    for (const row of rows) keys.add(row.key!);
    assert.deepEqual(
      rows
        .map(
          (row) =>
            `${row.dataset} on ${row.target}: ${row.method}, ${row.shots} shot, seed ${row.seed}, ${row.count} pictures, ${row.status}`,
        )
        .sort(),
      expectedRows(study, request.datasets ?? study.photographs.datasets).sort(),
      study.key,
    );
    for (const { backbone: name, classes, dataset } of rows) {
      const known = new Set(splitOf(dataset!).train.map(([, label]) => label));
      assert.deepEqual([name, classes], ['random-rn50', String(known.size)]);
    }
    for (const file of ['index.html', 'summary.csv', 'plots'])
      assert.ok(existsSync(join(folder, file)), file);
  }
  assert.equal(keys.size, cells);
  return { computed, reused };
}

describe('the experiments of the paper on a ResNet and all fifteen sets in their real layouts', {
  skip,
}, () => {
  before(async () => {
    // Features are cached by content: the image tower of real size sees each set, and little of it.
    for (const key of [...PAPER_SETS, ...IMAGENET_SHIFTS])
      await makeTree(data, key, { splitFile: true, contents: LIMIT });
    // What is tested here is which cells there are: a small model has the same.
    writeRandomRn50(backbone, long ? 'small' : 'real');
  });

  it('few-shot classification: every method on every set', async () => {
    assert.deepEqual(await runExperiment('fewshot'), { computed: 66, reused: 0 });
  });

  it('linear probe: its cells are those of few-shot classification', async () => {
    assert.deepEqual(await runExperiment('linearprobe'), { computed: 0, reused: 22 });
  });

  it('domain shift: trained on ImageNet, scored on it and its four variants', async () => {
    await runExperiment('domainshift');
  });

  it('ablations: one asked on every set, and those asked on ImageNet', async () => {
    await runExperiment('ablation', { studies: ['ensembles', 'backbones', 'finetuning'] });
  });

  it('ablations: all others, on ImageNet', async () => {
    await runExperiment('ablation', {
      studies: ['context-length', 'position-csc', 'initialisation', 'learning-rate', 'views', 'seeds'],
      datasets: ['imagenet'],
    });
  });

  it('every ablation on every set', { skip: long }, async () => {
    await runExperiment('ablation', { datasets: PAPER_SETS });
  });
});

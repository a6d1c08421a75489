import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveParallelism } from '../../src/runner/index.ts';
import { sparePictureThreads } from '../../src/runner/parallelism.ts';

test('workers fill the cores and threads stay 1 unless asked for', () => {
  assert.deepEqual(resolveParallelism({ cores: 8 }), { workers: 8, threads: 1 });
  assert.deepEqual(resolveParallelism({ cores: 8, threads: 3 }), { workers: 2, threads: 3 });
  assert.deepEqual(resolveParallelism({ cores: 8, workers: 3 }), { workers: 3, threads: 1 });
  assert.deepEqual(resolveParallelism({ cores: 4, workers: 2, threads: 2 }), { workers: 2, threads: 2 });
  const here = resolveParallelism({});
  assert.ok(here.workers >= 1 && here.threads === 1);
});

test('more than the cores, and what is no count, is refused with what would do', () => {
  const bad: readonly [Parameters<typeof resolveParallelism>[0], RegExp][] = [
    [{ cores: 4, workers: 3, threads: 2 }, /3 × 2 = 6(.|\n)*--workers 2 --threads 2/],
    [{ cores: 2, threads: 4 }, /1 × 4 = 4(.|\n)*--threads 2 or less/],
    [{ cores: 4, workers: 0 }, /--workers(.|\n)*found: {4}0/],
    [{ cores: 4, threads: 1.5 }, /--threads(.|\n)*1\.5/],
    [{ cores: 4, workers: Number.NaN }, /NaN/],
  ];
  for (const [request, message] of bad) {
    assert.throws(() => resolveParallelism(request), { code: 'BAD_PARALLELISM', message });
  }
});

test('cores that no engine takes go to threads for pictures, the same number beside each worker', () => {
  const spare = [
    [16, 1, 1, 15],
    [16, 4, 2, 2],
    [16, 5, 2, 1],
    [2, 2, 1, 0],
    [2, 1, 2, 0],
    [1, 1, 1, 0],
  ] as const;
  for (const [cores, workers, threads, expected] of spare) {
    assert.equal(sparePictureThreads({ workers, threads }, cores), expected);
  }
});

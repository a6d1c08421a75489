import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellRecord } from '../../src/config/index.ts';
import { costOf } from '../../src/report/cost.ts';
import { duration } from '../../src/report/format.ts';
import { joinPlan } from '../../src/report/join.ts';
import { fakePlan, fakeRecords } from './fake-records.ts';

const plan = fakePlan({ datasets: [{ key: 'icons', title: 'Icons' }], shots: [1, 16], seeds: [1] });

/** Cells of 1 s each; the two probes stood there before, one of CoOp's failed. */
const records = fakeRecords(plan).map((record, i): CellRecord => {
  const early = record.cell.method.kind === 'linear_probe';
  const startedAt = `2026-11-26T1${early ? 0 : 2}:00:00.000Z`;
  const timed = { ...record, run: { ...record.run, startedAt, durationMs: 1000 } };
  return i < plan.cells.length - 1
    ? timed
    : { ...timed, status: 'failed', error: { code: 'BROKEN', message: '' } };
});
const results = joinPlan(plan, records);

test('own times and counted operations are summed over finished cells, in total and by method', () => {
  const cost = costOf(results, plan.methods, undefined);
  assert.deepEqual([cost.cells, cost.ownMs, cost.gflop], [4, 4000, 1 + 2 + 17 + 2]);
  assert.deepEqual(
    cost.methods.map(({ method, cells, gflop }) => [method, cells, gflop]),
    [
      ['zeroshot', 1, 1],
      ['linear_probe', 2, 19],
      ['coop_m16_end', 1, 2],
    ],
  );
  assert.equal(cost.run, null);
});

test('the share outside of cells counts what this run computed, over all of its workers', () => {
  const run = { startedAt: '2026-11-26T11:00:00.000Z', elapsedMs: 4000, workers: 2, threads: 1 };
  const found = costOf(results, plan.methods, run).run!;
  assert.deepEqual(found.computed, { cells: 2, ownMs: 2000, gflop: 3 });
  // 2 of 2 × 4 seconds.
  assert.equal(found.shareOutside, 0.75);
  const later = { ...run, startedAt: '2026-11-26T13:00:00.000Z' };
  assert.equal(costOf(results, plan.methods, later).run!.shareOutside, null);
});

test('times are written for people', () => {
  const written = [0, 4.21, 850, 999.7, 12_345, 99_960, 245_000, 11_540_000, 5_000_000_000].map(duration);
  assert.deepEqual(written, [
    '0.0 ms',
    '4.2 ms',
    '850 ms',
    '1.0 s',
    '12.3 s',
    '1 min 40 s',
    '4 min 05 s',
    '3 h 12 min',
    '1,388 h 53 min',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  estimateRun,
  planCells,
  type Rates,
  type StudyGrid,
  spanMilliseconds,
} from '../../src/runner/index.ts';
import { dataset, experimentOf, shifted } from './example-experiment.ts';

const grid = {
  datasets: [dataset('one', 8), dataset('two', 400)],
  methods: ['zeroshot', 'linear_probe', 'coop_m4_end'],
  shots: [1, 8],
  seeds: [0, 1],
};
const RATES: Rates = { multiply: 7e7, pass: 4e5 };

const workOf = (changes: Partial<StudyGrid>, rates: Rates = RATES): number =>
  estimateRun(experimentOf({ ...grid, ...changes }), rates).sets.reduce((sum, { workMs }) => sum + workMs, 0);

test('every set on every backbone is counted once, with all its cells', () => {
  const experiment = experimentOf(grid);
  const { sets } = estimateRun(experiment, RATES);
  assert.deepEqual(
    sets.map(({ backbone, dataset: key, cells }) => [backbone, key, cells]),
    // Zero-shot, and two methods of two shot counts and two seeds.
    [
      ['rn', 'one', 9],
      ['rn', 'two', 9],
      ['vit', 'one', 9],
      ['vit', 'two', 9],
    ],
  );
  assert.equal(
    sets.reduce((sum, { cells }) => sum + cells, 0),
    planCells(experiment).length,
  );
  for (const { workMs, longestMs } of sets) assert.ok(longestMs > 0 && longestMs < workMs);
});

test('a study costs what it adds to those before it', () => {
  const experiment = experimentOf(grid);
  const [first] = experiment.grids as [StudyGrid];
  const more = { ...first, study: { ...first.study, key: 'more' }, methods: ['coop_m4_end', 'coop_m8_end'] };
  const again = { ...first, study: { ...first.study, key: 'again' } };
  const { sets, studies } = estimateRun({ ...experiment, grids: [first, again, more] }, RATES);
  assert.deepEqual(
    studies.map(({ study, cells }) => [study, cells]),
    [
      ['example', 36],
      ['again', 0],
      ['more', 16],
    ],
  );
  assert.equal(studies[1]!.workMs, 0);
  const all = sets.reduce((sum, { workMs }) => sum + workMs, 0);
  const byStudy = studies.reduce((sum, { workMs }) => sum + workMs, 0);
  assert.ok(Math.abs(all - byStudy) < 1e-6 * all);
});

test('more shots, seeds, methods, targets and fits of one training at a time cost more', () => {
  const whole = workOf({});
  assert.ok(workOf({ shots: [1] }) < whole);
  assert.ok(workOf({ seeds: [0] }) < whole);
  assert.ok(workOf({ methods: ['zeroshot', 'linear_probe'] }) < whole);
  assert.ok(workOf({ targets: [shifted] }) > whole);
  // Two seeds of one shape are trained in one graph, which is called once for both.
  const one = workOf({ methods: ['coop_m4_end'], shots: [8], seeds: [0] });
  const two = workOf({ methods: ['coop_m4_end'], shots: [8], seeds: [0, 1] });
  assert.ok(two > one && two < 2 * one);
});

test('a machine at half both rates takes twice as long, less what no rate of a fast one shortens', () => {
  const half = { multiply: RATES.multiply / 2, pass: RATES.pass / 2 };
  const ratio = workOf({}, half) / workOf({});
  assert.ok(ratio > 1.9 && ratio <= 2 + 1e-9, String(ratio));
});

test('workers share the work, but not one task', () => {
  const set = { dataset: 'one', backbone: 'rn', cells: 3 };
  const sets = [
    { ...set, workMs: 100, longestMs: 30 },
    { ...set, workMs: 60, longestMs: 60 },
  ];
  assert.equal(spanMilliseconds(sets, 1), 160);
  assert.equal(spanMilliseconds(sets, 2), 80);
  assert.equal(spanMilliseconds(sets, 8), 60);
});

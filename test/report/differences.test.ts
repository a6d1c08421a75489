import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellRecord } from '../../src/config/index.ts';
import { DIFFERENCE_COLUMNS, differenceRows } from '../../src/report/differences.ts';
import { allComparisons } from '../../src/report/headline.ts';
import { buildTables } from '../../src/report/index.ts';
import { perClassRows } from '../../src/report/per-class.ts';
import { fakePlan, fakeRecords, fakeShiftPlan, shuffled } from './fake-records.ts';

const BACKBONE = 'icon-clip-rn';
const plan = fakePlan({ shots: [1, 16] });
const tables = buildTables(plan, fakeRecords(plan));
const rows = differenceRows(BACKBONE, allComparisons(plan, tables.cells, BACKBONE));

test('a comparison has a row a set, over its pictures, and one over the sets', () => {
  assert.equal(rows.length, 2 * 2 * 12);
  assert.deepEqual(Object.keys(rows[0]!).sort(), [...DIFFERENCE_COLUMNS].sort());
  const first = rows.slice(0, 12);
  assert.ok(first.every(({ subject, shots }) => subject === 'coop_m16_end' && shots === 16));
  assert.deepEqual(
    first.map(({ interval }) => interval),
    [...Array<string>(11).fill('pictures'), 'sets'],
  );
  const mean = first.slice(0, 11).reduce((sum, { difference }) => sum + difference, 0) / 11;
  assert.ok(Math.abs(first[11]!.difference - mean) < 1e-12);
  assert.deepEqual([first[0]!.pictures, first[0]!.seeds, first[11]!.sets], [1490, 3, 11]);
});

test('the interval over pictures holds the difference, and about as wide as paired pictures make it', () => {
  for (const { interval, difference, low, high, dataset, baseline } of rows) {
    assert.ok(low !== null && high !== null && low <= difference && difference <= high, dataset);
    if (interval === 'sets' || baseline !== 'zeroshot') continue;
    // Each of three independent runs against one: values with the variance of their mean's difference.
    const scores = tables.cells.filter((row) => row.dataset === dataset && row.shots === 16);
    const own = scores.filter(({ method }) => method === 'coop_m16_end').map(({ accuracy }) => accuracy!);
    const p = own.reduce((a, b) => a + b, 0) / 3;
    const count = scores[0]!.count!;
    const q = tables.cells.find((row) => row.dataset === dataset && row.method === 'zeroshot')!.accuracy!;
    const variance = (p * (1 - p)) / 3 + q * (1 - q);
    const width = (2 * 1.96 * Math.sqrt(variance)) / Math.sqrt(count);
    assert.ok(Math.abs((high - low) / width - 1) < 0.2, `${dataset}: ${high - low} against ${width}`);
  }
});

test('the rows are the same whatever order records come in, and without hits there is no interval', () => {
  const again = buildTables(plan, shuffled(fakeRecords(plan)));
  assert.deepEqual(differenceRows(BACKBONE, allComparisons(plan, again.cells, BACKBONE)), rows);
  const bare = tables.cells.map((row) => ({ ...row, hits: null }));
  const found = differenceRows(BACKBONE, allComparisons(plan, bare, BACKBONE));
  assert.ok(found.every(({ interval, low }) => (interval === 'sets') === (low !== null)));
});

test('right answers by class are summed over seeds, with the class’s name', () => {
  const small = fakePlan({ datasets: [{ key: 'icons', title: 'Icons' }], shots: [16] });
  const [only] = small.datasets;
  const classNames = Array.from({ length: 105 }, (_, label) => `class ${label}`);
  const named = { ...small, datasets: [{ ...only!, classNames }] };
  const records = fakeRecords(small);
  const found = perClassRows(named, buildTables(small, records).cells);
  assert.equal(found.length, 3 * 105);
  const coop = found.filter(({ method }) => method === 'coop_m16_end');
  const correct = (record: CellRecord) => (record.status === 'ok' ? record.result.scores[0]!.correct : 0);
  const total = records.filter(({ cell }) => cell.method.kind === 'coop').reduce((a, r) => a + correct(r), 0);
  assert.equal(
    coop.reduce((sum, row) => sum + row.correct, 0),
    total,
  );
  assert.deepEqual([coop[7]!.class, coop[7]!.class_name, coop[7]!.seeds], [7, 'class 7', 3]);
});

test('on a shift classes are those of the source, and those a target lacks are left out', () => {
  const shift = fakeShiftPlan({ seeds: [1] });
  const cells = buildTables(shift, fakeRecords(shift)).cells.map((row) => {
    const lacking = { correct: [1, 0, 2], count: [2, 0, 4] };
    return row.target === 'icons_pixel' ? { ...row, perClass: lacking } : row;
  });
  const found = perClassRows(shift, cells).filter(({ target }) => target === 'icons_pixel');
  assert.deepEqual([...new Set(found.map((row) => row.class))], [0, 2]);
});

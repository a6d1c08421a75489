import assert from 'node:assert/strict';
import test from 'node:test';
import { parse } from 'csv-parse/sync';
import type { CellRecord } from '../../src/config/index.ts';
import { csvFiles } from '../../src/report/csv.ts';
import {
  buildTables,
  CELL_COLUMNS,
  compareMethods,
  SUMMARY_COLUMNS,
  TIMING_COLUMNS,
} from '../../src/report/index.ts';
import { fakePlan, fakeRecord, fakeRecords, shuffled } from './fake-records.ts';

const plan = fakePlan();
const records = fakeRecords(plan);

type Line = Readonly<Record<string, string>>;

function lines(text: string): Line[] {
  return parse(text, { columns: true });
}

/** Accuracies set by hand: small enough to average on paper. */
function smallRecords(accuracies: Readonly<Record<string, readonly number[]>>) {
  const datasets = Object.keys(accuracies).map((key) => ({ key, title: key }));
  const methods = [{ key: 'coop_m16_end', title: 'CoOp' }];
  const small = fakePlan({ datasets, methods, shots: [16] });
  const made = small.cells.map(({ key, cell }): CellRecord => {
    const record = fakeRecord(key, cell);
    if (record.status !== 'ok') return record;
    const accuracy = accuracies[cell.dataset.key]![cell.seed! - 1]!;
    const scores = record.result.scores.map((score) => ({ ...score, accuracy, macroAccuracy: accuracy / 2 }));
    return { ...record, result: { ...record.result, scores } };
  });
  return { plan: small, records: made };
}

test('cells.csv read back by another parser gives the records, in the plan’s order and full precision', () => {
  const parsed = lines(csvFiles(buildTables(plan, records))['cells.csv']!);
  assert.equal(parsed.length, 11 * (1 + 2 * 5 * 3));
  assert.deepEqual(Object.keys(parsed[0]!), [...CELL_COLUMNS]);
  for (const [index, record] of records.entries()) {
    const line = parsed[index]!;
    assert.ok(record.status === 'ok');
    const score = record.result.scores[0]!;
    assert.equal(line.key, record.key);
    assert.equal(line.seed, record.cell.seed === null ? '' : String(record.cell.seed));
    assert.equal(Number(line.accuracy), score.accuracy);
    assert.equal(Number(line.macro_accuracy), score.macroAccuracy);
    assert.equal(Number(line.correct), score.correct);
    assert.equal(Number(line.count), score.count);
    assert.equal(Number(line.train_pictures), record.result.trainPictures);
    assert.equal(Number(line.validation_pictures), record.result.validationPictures);
    assert.deepEqual(JSON.parse(line.settings!), record.cell.method);
    assert.equal(line.status, 'ok');
    assert.equal(line.error_code, '');
  }
});

test('summary.csv holds mean, std with divisor n and the number of seeds', () => {
  const { plan: small, records: made } = smallRecords({ a: [0.5, 0.7, 0.6], b: [0.2, 0.2, 0.5] });
  const parsed = lines(csvFiles(buildTables(small, made))['summary.csv']!);
  assert.deepEqual(Object.keys(parsed[0]!), [...SUMMARY_COLUMNS]);
  const numbers = parsed.map((line) => [
    line.dataset,
    Number(line.accuracy_mean).toFixed(12),
    Number(line.accuracy_std).toFixed(12),
    Number(line.macro_accuracy_mean).toFixed(12),
    line.seeds,
    line.datasets,
  ]);
  // Per seed the averages over sets are 0.35, 0.45, 0.55: mean 0.45, std 0.1 · √(2/3).
  const std = (0.1 * Math.sqrt(2 / 3)).toFixed(12);
  assert.deepEqual(numbers, [
    ['a', (0.6).toFixed(12), std, (0.3).toFixed(12), '3', '1'],
    ['b', (0.3).toFixed(12), (0.1 * Math.sqrt(2)).toFixed(12), (0.15).toFixed(12), '3', '1'],
    ['average', (0.45).toFixed(12), std, (0.225).toFixed(12), '3', '2'],
  ]);
});

test('the average over datasets is left out where a dataset has no result, and takes the seeds all have', () => {
  const { plan: small, records: made } = smallRecords({ a: [0.5, 0.7, 0.6], b: [0.2, 0.2, 0.5] });
  const without = (test: (record: CellRecord) => boolean) => {
    const { summary } = buildTables(
      small,
      made.filter((record) => !test(record)),
    );
    return summary.filter((row) => row.dataset === 'average');
  };
  assert.deepEqual(
    without(({ cell }) => cell.dataset.key === 'b'),
    [],
  );
  const average = without(({ cell }) => cell.dataset.key === 'b' && cell.seed === 3)[0];
  assert.equal(average?.seeds, 2);
  assert.ok(Math.abs(average.accuracy_mean - 0.4) < 1e-12);
});

test('a single dataset gets no average of itself', () => {
  const { plan: small, records: made } = smallRecords({ a: [0.5, 0.7, 0.6] });
  assert.deepEqual(
    buildTables(small, made).summary.map((row) => row.dataset),
    ['a'],
  );
});

test('all tables have the same bytes whatever order records are read in', () => {
  const expected = csvFiles(buildTables(plan, records));
  for (const seed of [1, 2, 3]) {
    assert.deepEqual(csvFiles(buildTables(plan, shuffled(records, seed))), expected);
  }
});

test('cells.csv and summary.csv do not change with time, host, threads or versions', () => {
  const elsewhere = records.map((record): CellRecord => {
    const run = {
      ...record.run,
      startedAt: '2027-01-01T00:00:00.000Z',
      durationMs: 1,
      host: 'x',
      threads: 64,
    };
    return { ...record, run: { ...run, gitRevision: null, versions: { node: '99' } } };
  });
  const before = csvFiles(buildTables(plan, records));
  const after = csvFiles(buildTables(plan, elsewhere));
  assert.equal(after['cells.csv'], before['cells.csv']);
  assert.equal(after['summary.csv'], before['summary.csv']);
  assert.notEqual(after['timings.csv'], before['timings.csv']);
});

test('timings.csv tells when, where and with what', () => {
  const parsed = lines(csvFiles(buildTables(plan, records))['timings.csv']!);
  assert.deepEqual(Object.keys(parsed[0]!), [...TIMING_COLUMNS]);
  assert.equal(parsed.length, records.length);
  assert.equal(Number(parsed[7]!.duration_ms), records[7]!.run.durationMs);
  assert.equal(parsed[7]!.host, 'laptop');
  // Made-up records count 10⁹ operations for zero-shot and as many more for every shot.
  assert.deepEqual([parsed[0]!.gflop, parsed[7]!.gflop], ['1', String(1 + records[7]!.cell.shots)]);
  assert.deepEqual(JSON.parse(parsed[7]!.versions!), { node: '20.20.2' });
});

test('records of other plans are left out, planned cells without a record are missing, failures carry a code', () => {
  const part = fakePlan({ shots: [16], seeds: [1] });
  const [first, second] = part.cells;
  const failed: CellRecord = {
    ...fakeRecord(second!.key, second!.cell),
    status: 'failed',
    error: { code: 'PICTURE_UNREADABLE', message: 'a, "b"\nc' },
  };
  const others = records.filter(({ key }) => !part.cells.some((planned) => planned.key === key));
  const tables = buildTables(part, [...others, fakeRecord(first!.key, first!.cell), failed]);
  assert.equal(tables.cells.length, part.cells.length);
  assert.deepEqual(
    tables.cells.slice(0, 3).map((row) => [row.status, row.error_code]),
    [
      ['ok', null],
      ['failed', 'PICTURE_UNREADABLE'],
      ['missing', null],
    ],
  );
  assert.deepEqual(
    tables.cells.slice(1, 3).map((row) => row.accuracy),
    [null, null],
  );
  assert.equal(tables.timings.length, 2);
});

test('of two records of one cell the complete one counts', () => {
  const part = fakePlan({ shots: [16], seeds: [1] });
  const good = fakeRecords(part);
  const bad = good.map((record): CellRecord => {
    return { ...record, status: 'failed', error: { code: 'WORKER_CRASHED', message: 'gone' } };
  });
  const expected = buildTables(part, good).cells;
  assert.deepEqual(buildTables(part, [...bad, ...good]).cells, expected);
  assert.deepEqual(buildTables(part, [...good, ...bad]).cells, expected);
});

test('a domain-shift cell gets a row a target, and its targets stay out of the average', () => {
  const part = fakePlan({ shots: [16], seeds: [1] });
  const cells = part.cells.map(({ key, cell }) => {
    const targets = [cell.dataset, { key: 'icons_pixel', fingerprint: 'f' }];
    return { key, cell: { ...cell, targets } };
  });
  const shift = { ...part, cells };
  const tables = buildTables(
    shift,
    cells.map(({ key, cell }) => fakeRecord(key, cell)),
  );
  assert.deepEqual(
    tables.cells.slice(0, 2).map((row) => row.target),
    ['icons', 'icons_pixel'],
  );
  assert.ok(tables.summary.some((row) => row.dataset === 'icons' && row.target === 'icons_pixel'));
  assert.equal(tables.summary.filter((row) => row.dataset === 'average').length, 3);
});

test('a plan that lists a cell twice is our own mistake and is refused', () => {
  const cell = plan.cells[0]!;
  assert.throws(() => buildTables({ ...plan, cells: [cell, cell] }, []), /internal: .* twice/);
  const twin = { ...plan, cells: [cell, { ...cell, key: 'other' }] };
  const both = [fakeRecord(cell.key, cell.cell), fakeRecord('other', cell.cell)];
  assert.throws(() => buildTables(twin, both), /internal: two cells/);
});

test('differences pair the draws that both methods have, and average seeds within a dataset', () => {
  const { plan: small, records: made } = smallRecords({ a: [0.5, 0.7, 0.6], b: [0.2, 0.2, 0.5] });
  const { cells } = buildTables(small, made);
  const other = cells
    .filter((row) => !(row.dataset === 'b' && row.seed === 3))
    .map((row) => ({
      ...row,
      method: 'other',
      accuracy: row.accuracy! - (row.dataset === 'a' ? 0.1 : 0.04),
    }));
  const fixed = cells
    .filter((row) => row.seed === 1)
    .map((row) => {
      return { ...row, method: 'zeroshot', shots: 0, seed: null, accuracy: 0.1 };
    });
  const all = [...cells, ...other, ...fixed];
  const subject = { method: 'coop_m16_end', shots: 16 };
  const paired = compareMethods(small, all, 'icon-clip-rn', subject, { method: 'other', shots: 16 });
  assert.deepEqual(
    paired?.pairs.map((pair) => pair.difference.toFixed(12)),
    ['0.100000000000', '0.040000000000'],
  );
  const zero = compareMethods(small, all, 'icon-clip-rn', subject, { method: 'zeroshot', shots: 0 });
  assert.deepEqual(
    zero?.pairs.map((pair) => pair.difference.toFixed(12)),
    ['0.500000000000', '0.200000000000'],
  );
  // n = 2: mean ± 12.706 · s / √2, and s / √2 is half the distance of the two.
  assert.ok(Math.abs(zero!.interval!.high - (0.35 + 12.7062 * 0.15)) < 1e-4);
  assert.equal(compareMethods(small, all, 'RN50', subject, { method: 'other', shots: 16 }), null);
});

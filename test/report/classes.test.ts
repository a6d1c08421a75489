import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersOf } from '../../src/report/answers.ts';
import { classGains } from '../../src/report/class-gains.ts';
import { confusionOf, confusionRows } from '../../src/report/confusion.ts';
import { perClassRows } from '../../src/report/per-class.ts';
import { buildTables } from '../../src/report/tables.ts';
import { comparedSets } from '../../src/report/test-sets.ts';
import { fakePlan, fakeRecords } from './fake-records.ts';

test('answers are the labels of right pictures, and in order what the wrong ones were given', () => {
  const hits = Buffer.from([0b00101]).toString('base64');
  const mistakes = Buffer.from([9, 0, 0, 1, 3, 0]).toString('base64');
  assert.deepEqual(answersOf(hits, mistakes, [4, 5, 6, 7, 8]), [4, 9, 6, 256, 3]);
  assert.deepEqual(answersOf(hits, null, [4, 5, 6, 7, 8]), [4, null, 6, null, null]);
  assert.equal(answersOf(hits, mistakes, [4, 5, 6, 7]), null, 'of other pictures');
  assert.equal(
    answersOf(
      hits,
      mistakes,
      Array.from({ length: 9 }, () => 0),
    ),
    null,
  );
});

const plan = fakePlan({ datasets: [{ key: 'icons_people', title: 'People' }], shots: [16], pictures: true });
const point = { method: 'coop_m16_end', shots: 16 };

test('a confusion has every wrong answer once, and adds up to the mistakes of all seeds', () => {
  const { cells } = buildTables(plan, fakeRecords(plan));
  const [set] = comparedSets(plan);
  const confusion = confusionOf(plan, cells, 'icon-clip-rn', point, set!);
  const rows = confusionRows('icon-clip-rn', confusion!);
  const wrong = cells
    .filter(({ method }) => method === point.method)
    .map(({ count, correct }) => count! - correct!);
  assert.equal(wrong.length, 3);
  assert.equal(
    rows.reduce((sum, { pictures }) => sum + pictures, 0),
    wrong.reduce((a, b) => a + b),
  );
  // Made up so that a class is taken for one of the next two.
  for (const row of rows) assert.ok([1, 2].includes((row.given - row.class + 27) % 27), JSON.stringify(row));
});

test('records of an earlier version have no confusion', () => {
  const { cells } = buildTables(plan, fakeRecords(plan));
  const older = cells.map((row) => ({ ...row, mistakes: null }));
  const [set] = comparedSets(plan);
  const confusion = confusionOf(plan, older, 'icon-clip-rn', point, set!);
  assert.deepEqual(confusion === null ? [] : confusionRows('icon-clip-rn', confusion), []);
});

test('gains within classes add up to the gain of the macro accuracy', () => {
  const { cells } = buildTables(plan, fakeRecords(plan));
  const baseline = { method: 'zeroshot', shots: 0 };
  const gains = classGains(plan, perClassRows(plan, cells), 'icon-clip-rn', point, baseline)[0]!.gains;
  assert.equal(gains.length, 27);
  const mean = gains.reduce((sum, { subject }) => sum + subject, 0) / gains.length;
  const rates = cells
    .filter(({ method }) => method === point.method)
    .map(({ perClass }) => perClass!.correct.map((right, i) => right / perClass!.count[i]!));
  const macro = rates.flat().reduce((a, b) => a + b) / rates.flat().length;
  assert.ok(Math.abs(mean - macro) < 1e-12);
  assert.deepEqual(
    gains,
    [...gains].sort((a, b) => b.gain - a.gain),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellRecord, MethodDetails } from '../../src/config/index.ts';
import { compileChart } from '../../src/report/charts/render.ts';
import { validationFigure } from '../../src/report/charts/validation-figure.ts';
import { choicesOf, shortNumber } from '../../src/report/chosen.ts';
import { joinPlan } from '../../src/report/join.ts';
import { fakePlan, fakeRecords } from './fake-records.ts';
import { textsOf, withPage } from './open-page.ts';

const plan = fakePlan({
  datasets: [{ key: 'icons', title: 'Icons' }],
  shots: [1, 16],
  seeds: [1, 2],
  methods: [{ key: 'linear_probe', title: 'Linear probe' }],
});

/** A search over three values, of which the seeds share two. */
function details(shots: number, seed: number): MethodDetails {
  const own = seed === 1 ? 3 : 30;
  const point = (value: number, accuracy: number) => ({ setting: 'c', value, accuracy });
  const best = shots === 1 ? 0.5 : 0.7;
  return {
    c: own,
    validationAccuracy: best,
    validation: [point(1e6, 0.1 * seed), point(0.01, 0.2 * seed), point(own, best)],
  };
}

const records = fakeRecords(plan).map((record): CellRecord => {
  if (record.status !== 'ok') return record;
  const { cell, result } = record;
  return { ...record, result: { ...result, details: details(cell.shots, cell.seed!) } };
});

test('what methods chose is read from their records, with all that they tried', () => {
  const [probe, ...others] = choicesOf(joinPlan(plan, records));
  assert.deepEqual(others, []);
  assert.deepEqual([probe?.method, probe?.backbone], ['linear_probe', 'icon-clip-rn']);
  assert.deepEqual(
    probe?.choices.map(({ shots, seed, setting, value, tried }) => [
      shots,
      seed,
      setting,
      value,
      tried.length,
    ]),
    [
      [1, 1, 'c', 3, 3],
      [1, 2, 'c', 30, 3],
      [16, 1, 'c', 3, 3],
      [16, 2, 'c', 30, 3],
    ],
  );
});

test('a learning rate that was chosen counts as well, one that was given does not', () => {
  const chosen = records.map((record): CellRecord => {
    if (record.status !== 'ok') return record;
    const validation = [{ setting: 'learning rate', value: 0.02, accuracy: 0.4 }];
    const details = record.cell.shots === 1 ? {} : { learningRate: 0.02, validation };
    return { ...record, result: { ...record.result, details } };
  });
  const [found] = choicesOf(joinPlan(plan, chosen));
  assert.deepEqual(
    found?.choices.map(({ setting, value, accuracy }) => [setting, value, accuracy]),
    [
      ['learning rate', 0.02, null],
      ['learning rate', 0.02, null],
    ],
  );
});

test('the curve is the mean over seeds of what all seeds tried; a ring stands at every choice', async () => {
  const [probe] = choicesOf(joinPlan(plan, records));
  const spec = validationFigure(plan, probe!)!;
  await compileChart(spec);
  const [panel] = (spec as { concat: { layer: { data: { values: Record<string, unknown>[] } }[] }[] }).concat;
  const [, line, rings] = panel!.layer.map(({ data }) => data.values);
  assert.deepEqual(
    line!.filter(({ shots }) => shots === '16').map(({ value, accuracy }) => [value, accuracy]),
    [
      [0.01, 30],
      [1e6, 15],
    ],
  );
  assert.deepEqual(
    rings!.map(({ shots, value, accuracy }) => [shots, value, accuracy]),
    [
      ['1', 3, 50],
      ['1', 30, 50],
      ['16', 3, 70],
      ['16', 30, 70],
    ],
  );
});

test('numbers are written short', () => {
  assert.deepEqual([0.01, 31.6228, 1e6, 0.0000316, 12345, 0].map(shortNumber), [
    '0.01',
    '31.6',
    '1e6',
    '3.16e-5',
    '12300',
    '0',
  ]);
});

test('the page has the choices of every seed, and the settings say what they were made from', async () => {
  await withPage(plan, records, async (page) => {
    const section = page.locator('section[aria-labelledby="chosen"]');
    assert.deepEqual(await textsOf(section.locator('table')), [['Icons', '3, 30 (70.0)', '3, 30 (50.0)']]);
    assert.equal(await section.locator('svg').count(), 1);
    const setup = String(await page.locator('section[aria-labelledby="setup"]').textContent());
    assert.match(setup, /C, chosen on validation pictures3 to 30 in 4 runs, each of up to 3 tried/);
  });
});

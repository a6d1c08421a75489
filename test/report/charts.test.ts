import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { TopLevelSpec } from 'vega-lite';
import { methodStyles } from '../../src/report/charts/method-styles.ts';
import { compileChart, renderChart } from '../../src/report/charts/render.ts';
import { backboneFigures } from '../../src/report/charts/report-figures.ts';
import { allComparisons } from '../../src/report/headline.ts';
import { buildTables } from '../../src/report/index.ts';
import { joinPlan } from '../../src/report/join.ts';
import { fakePlan, fakeRecords } from './fake-records.ts';

const BACKBONE = 'icon-clip-rn';
const plan = fakePlan();
const records = fakeRecords(plan);
const tables = buildTables(plan, records);
const comparisons = allComparisons(plan, tables.cells, BACKBONE);
const comparison = comparisons[0]!;
const results = joinPlan(plan, records).filter(({ cell }) => {
  return cell.method.kind === 'coop' && cell.shots === 16;
});
const losses = { method: 'coop_m16_end', results };
const figures = backboneFigures(plan, { summary: tables.summary, backbone: BACKBONE, comparisons, losses });

/** Every row of every inline data set of a specification; an axis's values are no rows. */
function inlineRows(spec: unknown): Record<string, unknown>[] {
  if (Array.isArray(spec)) return spec.flatMap(inlineRows);
  if (typeof spec !== 'object' || spec === null) return [];
  return Object.entries(spec).flatMap(([name, value]) => {
    const rows = name === 'values' && Array.isArray(value) && typeof value[0] === 'object';
    return rows ? value : inlineRows(value);
  });
}

test('every figure compiles without a warning of Vega-Lite', async () => {
  const all = [figures.overview, figures.gain, figures.loss, ...figures.plots];
  assert.equal(all.length, 3 + 12);
  for (const figure of all) await compileChart(figure!.spec);
});

test('a warning of Vega-Lite is an error, so that no figure lies unseen', async () => {
  const spec: TopLevelSpec = {
    data: { values: [{ a: 1 }] },
    mark: 'bar',
    encoding: {
      x: { field: 'a', type: 'quantitative' },
      x2: { field: 'a' },
      shape: { field: 'a', type: 'nominal' },
    },
  };
  await assert.rejects(compileChart(spec), /internal: Vega-Lite warns/);
});

test('the few-shot figure plots the means and deviations of summary.csv, all of them', () => {
  const titles = new Map(plan.methods.map(({ key, title }) => [key, title]));
  const { vconcat } = figures.overview!.spec as unknown as {
    vconcat: [{ layer: unknown[] }, { concat: { layer: unknown[] }[] }];
  };
  const concat = [vconcat[0], ...vconcat[1].concat];
  const keys = ['average', ...plan.datasets.map(({ key }) => key)];
  assert.equal(concat.length, keys.length);
  for (const [index, panel] of concat.entries()) {
    const rows = tables.summary.filter((row) => row.dataset === keys[index]);
    const points = inlineRows(panel.layer.at(-1)).filter((row) => 'accuracy' in row);
    assert.equal(points.length, rows.length);
    for (const row of rows) {
      const point = points.find((it) => it.method === titles.get(row.method) && it.shots === row.shots);
      const value = (name: string) => Number(point?.[name]);
      assert.ok(Math.abs(value('accuracy') - 100 * row.accuracy_mean) < 1e-6);
      assert.ok(Math.abs(value('high') - value('low') - 200 * row.accuracy_std) < 3e-6);
    }
  }
});

test('the drawn marks stand where the values say', async () => {
  // Read from Vega's own scene: a mark's height on the page is linear in its accuracy.
  const { svg } = await renderChart(figures.headline!.spec);
  const marks = [...svg.matchAll(/aria-label="([^"]+)"[^>]*transform="translate\(([\d.]+),([\d.]+)\)/g)];
  assert.equal(marks.length, 11);
  const read = marks.map(([, label, x, y]) => {
    return { x: Number(x), y: Number(y), accuracy: Number(/: ([\d.]+)/.exec(label!)![1]) };
  });
  const low = read.reduce((a, b) => (a.accuracy < b.accuracy ? a : b));
  const high = read.reduce((a, b) => (a.accuracy > b.accuracy ? a : b));
  const slope = (high.y - low.y) / (high.accuracy - low.accuracy);
  assert.ok(slope < 0);
  for (const mark of read) {
    const expected = low.y + slope * (mark.accuracy - low.accuracy);
    // Labels carry one decimal.
    assert.ok(Math.abs(mark.y - expected) < 0.11 * Math.abs(slope) + 1e-6);
  }
});

test('the gain figure shows one bar a dataset, the largest first', () => {
  const bars = inlineRows(figures.gain!.spec).map((row) => Number(row.gain));
  assert.equal(bars.length, 11);
  assert.deepEqual(
    bars,
    [...bars].sort((a, b) => b - a),
  );
  const sum = bars.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum / 11 - 100 * comparison.difference) < 1e-6);
});

test('the loss figure shows every epoch of every seed', () => {
  const points = inlineRows(figures.loss!.spec).filter((row) => 'epoch' in row);
  assert.equal(points.length, 11 * 3 * 25);
});

test('rendering twice gives the same bytes, and the PNG has text in it', async () => {
  const first = await renderChart(figures.overview!.spec);
  const second = await renderChart(figures.overview!.spec);
  assert.equal(first.svg, second.svg);
  assert.deepEqual(await first.png(), await second.png());
  const size = /width="(\d+)" height="(\d+)"/.exec(first.svg)!;
  const { data, info } = await sharp(await first.png())
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [2 * Number(size[1]), 2 * Number(size[2])]);
  // The line of the first title: without a font there would be no dark pixel.
  const title = data.subarray(0, 60 * info.width * info.channels);
  assert.ok(title.filter((value) => value < 80).length > 500);
});

test('no two figures could clash in one page: the SVG carries no ids', async () => {
  for (const figure of [figures.overview, figures.gain, figures.loss]) {
    const { svg } = await renderChart(figure!.spec);
    assert.ok(!/\sid="/.test(svg));
  }
});

test('methods keep their colour and shape whatever other methods are shown', () => {
  const coop = { key: 'coop_m16_end', title: 'CoOp' };
  const alone = methodStyles([coop]).get(coop.key);
  const others = ['zeroshot', 'linear_probe', 'coop_m16_mid', 'own', 'another'].map((key) => ({
    key,
    title: key,
  }));
  const styles = methodStyles([...others, coop]);
  assert.deepEqual(styles.get(coop.key), alone);
  const looks = [...styles.values()].map(({ colour, shape }) => `${colour} ${shape}`);
  assert.equal(new Set(looks).size, looks.length);
});

test('a plan of one dataset gives one panel and no average', () => {
  const datasets = [{ key: 'icons', title: 'Icons' }];
  const one = fakePlan({ datasets, shots: [16], seeds: [1] });
  const { summary } = buildTables(one, fakeRecords(one));
  const drawn = backboneFigures(one, { summary, backbone: BACKBONE, comparisons: [], losses: null });
  assert.deepEqual(
    drawn.plots.map(({ name }) => name),
    ['fewshot-icons'],
  );
  assert.equal(drawn.gain, undefined);
});

test('several backbones get figures of different names', () => {
  const many = fakePlan({ backbones: ['ViT-B/32', 'ViT-B-32', 'RN50'], shots: [16], seeds: [1] });
  const { summary } = buildTables(many, fakeRecords(many));
  const names = ['ViT-B/32', 'ViT-B-32', 'RN50'].map((backbone) => {
    return backboneFigures(many, { summary, backbone, comparisons: [], losses: null }).overview?.name;
  });
  assert.deepEqual(names, ['fewshot-vit-b-32-1', 'fewshot-vit-b-32-2', 'fewshot-rn50']);
});

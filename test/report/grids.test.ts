import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CellRecord } from '../../src/config/index.ts';
import { compileChart, renderChart } from '../../src/report/charts/render.ts';
import { backboneFigures } from '../../src/report/charts/report-figures.ts';
import { allComparisons, headlineComparisons } from '../../src/report/headline.ts';
import { buildTables, type ReportPlan, type SummaryRow, writeReport } from '../../src/report/index.ts';
import { fakeAblationPlan, fakePlan, fakeRecords, fakeShiftPlan, SHIFTS, shuffled } from './fake-records.ts';

const BACKBONE = 'icon-clip-rn';
/** Student's t for 97.5 % and 3 and 10 degrees of freedom, from printed tables. */
const T_3 = 3.182446;
const T_10 = 2.228139;

function figuresOf(plan: ReportPlan, records: readonly CellRecord[] = fakeRecords(plan)) {
  const tables = buildTables(plan, records);
  const comparisons = allComparisons(plan, tables.cells, BACKBONE);
  const input = { summary: tables.summary, backbone: BACKBONE, comparisons, losses: null };
  return { ...tables, comparisons, figures: backboneFigures(plan, input) };
}

type Point = Readonly<Record<string, string | number>>;

/** Rows of the inline data sets of a specification that have a field. */
function inlineRows(spec: unknown, field: string): Point[] {
  if (Array.isArray(spec)) return spec.flatMap((part) => inlineRows(part, field));
  if (typeof spec !== 'object' || spec === null) return [];
  return Object.entries(spec).flatMap(([name, value]) => {
    if (name !== 'values' || !Array.isArray(value)) return inlineRows(value, field);
    return value.filter((row) => typeof row === 'object' && row !== null && field in row);
  });
}

function assertSamePoint(point: Point | undefined, row: SummaryRow): void {
  assert.ok(point !== undefined, JSON.stringify(row));
  assert.ok(Math.abs(Number(point.accuracy) - 100 * row.accuracy_mean) < 1e-6);
  assert.ok(Math.abs(Number(point.high) - 100 * (row.accuracy_mean + row.accuracy_std)) < 1e-6);
  assert.ok(Math.abs(Number(point.low) - 100 * (row.accuracy_mean - row.accuracy_std)) < 1e-6);
}

async function written(plan: ReportPlan, records: readonly CellRecord[]): Promise<Map<string, Buffer>> {
  const dir = await mkdtemp(join(tmpdir(), 'report-grid-'));
  try {
    const { files } = await writeReport(dir, plan, records);
    return new Map(
      await Promise.all(files.map(async (file) => [file, await readFile(join(dir, file))] as const)),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const shift = fakeShiftPlan();
const shifted = figuresOf(shift);
const ablation = fakeAblationPlan();
const ablated = figuresOf(ablation);

test('summary.csv has the mean over the targets of a source: per seed first, the source left out', () => {
  const plan = fakeShiftPlan({ methods: [{ key: 'coop_m16_end', title: 'CoOp' }], seeds: [1, 2] });
  const accuracies = [
    [0.9, 0.1, 0.2, 0.3, 0.4],
    [0.8, 0.3, 0.4, 0.5, 0.6],
  ];
  const records = fakeRecords(plan).map((record): CellRecord => {
    assert.ok(record.status === 'ok');
    const mine = accuracies[record.cell.seed! - 1]!;
    const scores = record.result.scores.map((score, i) => {
      return { ...score, accuracy: mine[i]!, macroAccuracy: mine[i]! / 2 };
    });
    return { ...record, result: { ...record.result, scores } };
  });
  const mean = buildTables(plan, records).summary.find(({ target }) => target === 'average');
  // Seeds: (0.1 + 0.2 + 0.3 + 0.4) / 4 = 0.25 and 0.45.
  assert.equal(mean?.dataset, 'icons');
  assert.equal(mean.accuracy_mean.toFixed(12), (0.35).toFixed(12));
  assert.equal(mean.accuracy_std.toFixed(12), (0.1).toFixed(12));
  assert.equal(mean.macro_accuracy_mean.toFixed(12), (0.175).toFixed(12));
  assert.deepEqual([mean.seeds, mean.datasets], [2, 4]);
});

test('a plan without targets has no row that averages targets', () => {
  assert.ok(ablated.summary.every(({ dataset, target }) => dataset === target));
});

test('methods are compared over the targets, never over the source', () => {
  assert.equal(shifted.comparisons.length, 3);
  const [first] = shifted.comparisons;
  assert.deepEqual(first?.subject, { method: 'coop_m16_end', shots: 16 });
  assert.deepEqual(
    first.pairs.map(({ set }) => [set.dataset, set.target]),
    SHIFTS.map(({ key }) => ['icons', key]),
  );
  const of = (method: string, target: string) => {
    return shifted.summary.find((row) => row.method === method && row.target === target)!.accuracy_mean;
  };
  for (const { set, difference } of first.pairs) {
    const expected = of('coop_m16_end', set.target) - of('zeroshot', set.target);
    assert.ok(Math.abs(difference - expected) < 1e-12);
  }
  const differences = first.pairs.map(({ difference }) => difference);
  const centre = differences.reduce((a, b) => a + b, 0) / 4;
  const variance = differences.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 3;
  assert.ok(Math.abs(first.interval!.high - (centre + T_3 * Math.sqrt(variance / 4))) < 1e-7);
});

test('the figure of a shift plots every method on the source, every target and their mean, as in summary.csv', () => {
  const points = inlineRows(shifted.figures.overview?.spec, 'set');
  const titles = new Map(shift.methods.map(({ key, title }) => [key, title]));
  const sets = new Map<string, string>([
    ['icons', 'Icons (source)'],
    ...SHIFTS.map(({ key, title }) => [key, title] as const),
    ['average', 'Mean over 4 targets'],
  ]);
  assert.equal(points.length, 4 * 6);
  for (const row of shifted.summary) {
    const point = points.find(
      (it) => it.method === titles.get(row.method) && it.set === sets.get(row.target),
    );
    assertSamePoint(point, row);
  }
  assert.equal(shifted.summary.length, points.length);
  // The source first, the mean last.
  assert.deepEqual([...new Set(points.map(({ set }) => set))], [...sets.values()]);
});

test('marks of the shift figure stand on one axis, where their values say', async () => {
  const { svg } = await renderChart(shifted.figures.overview!.spec);
  const marks = [...svg.matchAll(/aria-label="([^"]+)"[^>]*transform="translate\(([\d.]+),([\d.]+)\)/g)];
  assert.equal(marks.length, 24);
  const read = marks.map(([, label, x]) => ({
    x: Number(x),
    accuracy: Number(/shots?: ([\d.]+)/.exec(label!)![1]),
  }));
  const low = read.reduce((a, b) => (a.accuracy < b.accuracy ? a : b));
  const high = read.reduce((a, b) => (a.accuracy > b.accuracy ? a : b));
  const slope = (high.x - low.x) / (high.accuracy - low.accuracy);
  assert.ok(slope > 0);
  for (const mark of read) {
    const expected = low.x + slope * (mark.accuracy - low.accuracy);
    // Labels carry one decimal.
    assert.ok(Math.abs(mark.x - expected) < 0.11 * slope + 1e-6);
  }
});

test('with one shot count every test set has a panel of dots, a row a method, with the values of summary.csv', () => {
  const { concat } = ablated.figures.overview!.spec as { concat: unknown[] };
  const keys = ['average', ...ablation.datasets.map(({ key }) => key)];
  assert.equal(concat.length, keys.length);
  const titles = ablation.methods.map(({ title }) => title);
  for (const [index, panel] of concat.entries()) {
    const points = inlineRows(panel, 'accuracy');
    assert.deepEqual(
      points.map(({ method }) => method),
      titles,
    );
    const rows = ablated.summary.filter((row) => row.dataset === keys[index]);
    assert.equal(rows.length, titles.length);
    for (const [i, row] of rows.entries()) assertSamePoint(points[i], row);
  }
  assert.equal(ablated.figures.headline?.name, 'ablation-average');
  assert.equal(shifted.figures.headline?.name, 'domainshift-targets');
});

test('variants are held against the main one, with intervals over datasets, in the order of the plan', () => {
  const rows = inlineRows(ablated.figures.intervals?.spec, 'difference');
  assert.deepEqual(
    rows.map(({ method }) => method),
    ablation.methods.filter(({ key }) => key !== 'coop_m16_end').map(({ title }) => title),
  );
  const mean = (method: string, dataset: string) => {
    return ablated.summary.find((row) => row.method === method && row.dataset === dataset)!.accuracy_mean;
  };
  const others = ablation.methods.map(({ key }) => key).filter((key) => key !== 'coop_m16_end');
  for (const [index, other] of others.entries()) {
    const gains = ablation.datasets.map(({ key }) => mean('coop_m16_end', key) - mean(other, key));
    const centre = gains.reduce((a, b) => a + b, 0) / 11;
    const variance = gains.reduce((sum, gain) => sum + (gain - centre) ** 2, 0) / 10;
    const reach = T_10 * Math.sqrt(variance / 11);
    assert.ok(Math.abs(Number(rows[index]!.difference) - 100 * centre) < 1e-6);
    assert.ok(Math.abs(Number(rows[index]!.low) - 100 * (centre - reach)) < 1e-5);
    assert.ok(Math.abs(Number(rows[index]!.high) - 100 * (centre + reach)) < 1e-5);
  }
});

test('of many variants the headline takes the best and the weakest, and says so', () => {
  const shown = headlineComparisons(ablation, ablated.comparisons);
  assert.deepEqual(
    shown.map(({ standsFor }) => standsFor),
    [
      { rank: 'best', among: 7 },
      { rank: 'weakest', among: 7 },
    ],
  );
  const averages = ablated.summary.filter((row) => {
    return row.dataset === 'average' && row.method !== 'coop_m16_end';
  });
  const sorted = [...averages].sort((a, b) => b.accuracy_mean - a.accuracy_mean);
  assert.deepEqual(
    shown.map(({ comparison }) => comparison.baseline.method),
    [sorted[0]!.method, sorted.at(-1)!.method],
  );
});

test('a grid without CoOp is about its linear probe', () => {
  const methods = [
    { key: 'zeroshot', title: 'Zero-shot CLIP' },
    { key: 'linear_probe', title: 'Linear probe' },
  ];
  const plan = fakePlan({ methods, shots: [1, 4], experiment: 'linearprobe' });
  const { comparisons, figures } = figuresOf(plan);
  assert.deepEqual(comparisons[0]?.subject, { method: 'linear_probe', shots: 4 });
  assert.equal(comparisons[0]?.baseline.method, 'zeroshot');
  assert.equal(figures.intervals, undefined);
});

test('a shift with several shot counts has learning curves of every target', () => {
  const plan = fakeShiftPlan({ shots: [1, 16] });
  const { figures } = figuresOf(plan);
  const { vconcat } = figures.overview!.spec as { vconcat: [unknown, { concat: unknown[] }] };
  const [average, { concat }] = vconcat;
  assert.equal(1 + concat.length, 6);
  for (const panel of [average, ...concat])
    assert.ok(inlineRows(panel, 'shots').some(({ shots }) => shots === 1));
});

test('every figure of the other grids compiles without a warning, also for one target, one seed, one set', async () => {
  const plans = [
    fakeShiftPlan({ seeds: [1] }),
    fakeShiftPlan({ targets: SHIFTS.slice(0, 1) }),
    fakeAblationPlan({ datasets: [{ key: 'icons', title: 'Icons' }] }),
  ];
  for (const { figures } of [shifted, ablated, ...plans.map((plan) => figuresOf(plan))]) {
    const { overview, intervals, gain, plots } = figures;
    for (const figure of [overview, intervals, gain, ...plots]) {
      if (figure !== undefined) await compileChart(figure.spec);
    }
  }
});

test('two sources with targets keep their figures apart', () => {
  const datasets = [
    { key: 'icons', title: 'Icons' },
    { key: 'icons_people', title: 'People' },
  ];
  const { figures, comparisons } = figuresOf(fakeShiftPlan({ datasets }));
  const names = figures.plots.map(({ name }) => name);
  assert.equal(names.length, 2 * 6);
  assert.equal(new Set(names).size, names.length);
  assert.equal(comparisons[0]?.pairs.length, 8);
});

test('reports of the other grids have the same bytes whatever order records are read in', async () => {
  const plans = [
    fakeShiftPlan({ seeds: [1, 2] }),
    fakeAblationPlan({ datasets: ablation.datasets.slice(0, 2), seeds: [1] }),
  ];
  for (const plan of plans) {
    const records = fakeRecords(plan);
    const first = await written(plan, records);
    const second = await written(plan, shuffled(records));
    assert.deepEqual([...second.keys()], [...first.keys()]);
    for (const [file, bytes] of first) assert.ok(bytes.equals(second.get(file)!), file);
  }
});

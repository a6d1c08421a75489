import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { separateData } from '../../src/report/charts/figure-data.ts';
import { renderChart } from '../../src/report/charts/render.ts';
import { backboneFigures, plannedFigures } from '../../src/report/charts/report-figures.ts';
import { choicesOf } from '../../src/report/chosen.ts';
import { joinPlan } from '../../src/report/join.ts';
import { buildTables } from '../../src/report/tables.ts';
import { fakePlan, fakeRecords, METHODS, VARIANTS } from './fake-records.ts';

const plan = fakePlan({
  datasets: [
    { key: 'icons_people', title: 'People "and, others"' },
    { key: 'icons_places', title: 'Places\\ {x}' },
  ],
  methods: [...METHODS, ...VARIANTS.filter(({ key }) => /_m[48]_end$/.test(key))],
  backbones: ['RN50', 'ViT-B/16'],
});
const records = fakeRecords(plan);
const { summary } = buildTables(plan, records);
const results = joinPlan(plan, records);
const choices = choicesOf(results).filter(({ backbone }) => backbone === 'RN50');
const figures = backboneFigures(plan, {
  summary,
  backbone: 'RN50',
  comparisons: [],
  choices,
  losses: null,
});

const named = [
  figures.overview,
  figures.contextLength,
  figures.validation[0],
  plannedFigures(plan, summary)[0],
];
for (const figure of named) {
  test(`${figure?.name}: drawn from its CSV it is the same drawing, and the specification holds no number of its own`, async () => {
    const { spec, csv } = separateData(figure!.spec, 'data.csv');
    const [inline, separate] = [
      await renderChart(figure!.spec),
      await renderChart(spec, { 'data.csv': csv }),
    ];
    assert.equal(separate.svg, inline.svg);
    assert.ok(!/"accuracy":\s*\d/.test(JSON.stringify(spec)));
    const rows = parse(csv, { columns: true }) as Record<string, string>[];
    assert.ok(rows.length > 5 && rows.every(({ set, part }) => set !== '' && Number(part) > 0));
  });
}

test('the context-length figure has a point a length, set and average, from summary.csv', () => {
  const { csv } = separateData(figures.contextLength!.spec, 'data.csv');
  const rows = (parse(csv, { columns: true }) as Record<string, string>[]).filter(
    ({ contexts }) => contexts !== '',
  );
  assert.equal(rows.length, 3 * 3);
  for (const { contexts, accuracy, set } of rows) {
    const dataset = plan.datasets.find(({ title }) => title === set)?.key ?? 'average';
    const row = summary.find((it) => {
      return (
        it.dataset === dataset &&
        it.method === `coop_m${contexts}_end` &&
        it.shots === 16 &&
        it.backbone === 'RN50'
      );
    });
    assert.ok(Math.abs(Number(accuracy) - 100 * row!.accuracy_mean) < 1e-6);
  }
});

test('the figure of backbones has a point a backbone, method and set at the most shots', () => {
  const { csv } = separateData(plannedFigures(plan, summary)[0]!.spec, 'data.csv');
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  assert.equal(rows.length, 2 * 5 * 3);
  assert.deepEqual([...new Set(rows.map(({ shots }) => shots))].sort(), ['0', '16']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { csvFiles } from '../../../src/report/csv.ts';
import { buildTables, type ReportPlan } from '../../../src/report/index.ts';
import { departures } from '../../../src/report/paper/departures.ts';
import { publishedFor } from '../../../src/report/paper/published.ts';
import { fakePaperPlan, fakePlan, fakeRecords, IMAGENET_SHIFTS, PAPER_SETS } from '../fake-records.ts';

const plan = fakePaperPlan();

function average(of: ReportPlan, method: string, shots: number) {
  return publishedFor(of, { backbone: 'RN50', method, shots, dataset: 'average', target: 'average' });
}

test('summary.csv has the published number and its source, as a fraction', () => {
  const csv = csvFiles(buildTables(plan, fakeRecords(plan)))['summary.csv']!;
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  const row = rows.find(({ dataset, method, shots }) => {
    return dataset === 'dtd' && method === 'coop_m16_end_csc' && shots === '8';
  })!;
  assert.deepEqual([row.paper_accuracy, row.paper_source, row.paper_doubt], ['0.5833', 'coop_workbook', '']);
  assert.equal(rows.filter(({ paper_accuracy: text }) => text === '').length, 0);
});

test('an average over all eleven sets is the published one, over fewer the mean of theirs', () => {
  // Printed beside the paper: 58.77 over the 11 sets.
  assert.equal(average(plan, 'zeroshot', 0)?.accuracy, 0.5877);
  const two = fakePaperPlan({ datasets: PAPER_SETS.slice(8, 10) });
  // DTD 63.58 and EuroSAT 83.53.
  assert.equal(average(two, 'coop_m16_end', 16)?.accuracy?.toFixed(6), '0.735550');
  assert.equal(average(two, 'coop_m16_front', 16)?.accuracy, null);
});

test('the mean over ImageNet’s variants is the mean of the four published ones', () => {
  const shift = fakePaperPlan({ datasets: PAPER_SETS.slice(0, 1), targets: IMAGENET_SHIFTS, shots: [16] });
  const place = { backbone: 'RN50', method: 'zeroshot', shots: 0, dataset: 'imagenet', target: 'average' };
  // Printed beside the table: 40.58.
  assert.equal(publishedFor(shift, place)?.accuracy?.toFixed(4), '0.4058');
  assert.equal(publishedFor(shift, { ...place, method: 'coop_m16_end', shots: 16 })?.accuracy, null);
});

test('reproductions by users stand beside the cell they ran', () => {
  const imagenet = { backbone: 'RN50', shots: 16, dataset: 'imagenet', target: 'imagenet' };
  const found = publishedFor(plan, { ...imagenet, method: 'coop_m16_end' });
  assert.deepEqual(
    found?.reproductions.map(({ obtained }) => obtained),
    [60.6, 60.9],
  );
  assert.deepEqual(publishedFor(plan, { ...imagenet, method: 'linear_probe' })?.reproductions, []);
});

test('half of the classes, the icon suite and a plan without a reference have no published numbers', () => {
  const half = {
    ...plan,
    cells: plan.cells.map(({ key, cell }) => {
      return { key, cell: { ...cell, dataset: { ...cell.dataset, subsample: 'base' as const } } };
    }),
  };
  assert.equal(average(half, 'zeroshot', 0), null);
  const { paper, ...without } = plan;
  assert.equal(average(without, 'zeroshot', 0), null);
  const icons = fakePlan({ backbones: ['RN50'], paper: paper! });
  assert.ok(buildTables(icons, fakeRecords(icons)).summary.every((row) => row.paper_accuracy === null));
});

test('what was done differently is said, and only that', () => {
  const words = departures(fakePaperPlan({ seeds: [1], shots: [1, 16] })).join('\n');
  assert.match(words, /Seeds here: 1; the paper’s mean is over seeds 1, 2, 3/);
  assert.match(words, /Views here: 8 fixed crops/);
  assert.match(words, /25 at 16 shots \(the paper: 200\)/);
  assert.doesNotMatch(words, /50 at 1 shots|Learning rate|Batch size|some of the test pictures/);
  assert.match(words, /Hand-made prompts other than the paper’s on .*DTD/);
  assert.doesNotMatch(words, /prompts other .*ImageNet/);
  const zeroshot = fakePaperPlan({
    methods: [{ key: 'zeroshot', title: 'Zero-shot' }],
    datasets: [PAPER_SETS[0]],
  });
  assert.deepEqual(departures(zeroshot), []);
  const weights = new Set([zeroshot.cells[0]!.cell.backbone.sha256]);
  assert.deepEqual(departures({ ...zeroshot, paperWeights: weights }), []);
  const [other] = departures({ ...zeroshot, paperWeights: new Set(['another']) });
  assert.match(other!, /^RN50 is not the file that OpenAI published/);
});

test('CoOp’s protocol is asked of CoOp; Tip-Adapter’s own differences are said', () => {
  const of = (kind: string) => {
    const key = kind;
    const own = { kind, key, version: 1, learningRate: 0.001, batchSize: 256, epochs: 20, views: 1 };
    const other = fakePaperPlan({ methods: [{ key, title: key }], shots: [16] });
    const cells = other.cells.map(({ key, cell }) => ({ key, cell: { ...cell, method: own } }));
    return departures({ ...other, cells });
  };
  assert.deepEqual(of('text_bias'), []);
  const [choice, ...rest] = of('tip_adapter');
  assert.match(choice!, /α and β are chosen on validation shots.*test pictures/);
  assert.deepEqual(rest, []);
  assert.match(of('tip_adapter_f').join('\n'), /keys of its last step/);
});

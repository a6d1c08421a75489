import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Datum, drawFewShot } from '../../src/data/index.ts';
import {
  datasetsOf,
  type Experiment,
  planCells,
  planGroups,
  planTasks,
  rememberedDraws,
  type StudyGrid,
} from '../../src/runner/index.ts';
import { dataset, experimentOf, placeOf, shifted } from './example-experiment.ts';

const grid = {
  datasets: [dataset('one', 8), dataset('two', 400)],
  methods: ['zeroshot', 'linear_probe', 'coop_m4_end'],
  shots: [1, 8],
  seeds: [0, 1],
};

/** The experiment with another grid. */
const withGrid = (changes: Partial<StudyGrid>, also: Partial<Experiment> = {}): Experiment => ({
  ...experimentOf({ ...grid, ...changes }),
  ...also,
});

function tasksOf(of: Experiment) {
  const cells = planCells(of);
  const drawOf = rememberedDraws();
  const wanted = new Set(cells.map(({ key }) => key));
  return planTasks(of, planGroups(of, cells, drawOf), wanted, placeOf, drawOf);
}

test('cells come by backbone, dataset, method, shots and seed, zero-shot once a dataset', () => {
  const cells = planCells(withGrid({ targets: [shifted] }, { limit: 3 }));
  const words = cells.map(({ cell: { backbone, dataset, method, shots, seed } }) =>
    [backbone.name, dataset.key, method.key, shots, seed].join(' '),
  );
  const draws = ['1 0', '1 1', '8 0', '8 1'];
  const expected = ['rn', 'vit'].flatMap((name) =>
    ['one', 'two'].flatMap((key) => [
      `${name} ${key} zeroshot 0 `,
      ...['linear_probe', 'coop_m4_end'].flatMap((method) =>
        draws.map((draw) => `${name} ${key} ${method} ${draw}`),
      ),
    ]),
  );
  assert.deepEqual(words, expected);
  assert.equal(new Set(cells.map(({ key }) => key)).size, cells.length);
  for (const { cell } of cells) {
    assert.deepEqual(
      cell.targets.map(({ key }) => key),
      [cell.dataset.key, 'shifted'],
    );
    assert.equal(cell.limit, 3);
  }
  const epochs = cells.flatMap(({ cell }) => (cell.method.kind === 'coop' ? [cell.method.epochs] : []));
  assert.deepEqual([...new Set(epochs)], [50, 200]);
});

/** `dataset split view picture` of everything that the features tasks a cell needs encode. */
function encodedFor(key: string, of: Experiment): Set<string> {
  const tasks = tasksOf(of);
  const { sources, targets } = datasetsOf(of);
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const found = new Set<string>();
  const computes = tasks.find(({ payload }) => payload.kind === 'cells' && payload.wanted.includes(key))!;
  for (const need of computes.needs) {
    const { payload } = byId.get(need)!;
    assert.ok(payload.kind === 'features');
    const source = [...sources, ...targets].find((entry) => entry.key === payload.dataset)!;
    for (const { split, view, indices } of payload.groups) {
      for (const i of indices) found.add(`${split} ${view} ${source[split][i]!.picture.name}`);
    }
  }
  return found;
}

test('a cell waits for every picture it reads, under every view it reads it', () => {
  const of = withGrid({ targets: [shifted] });
  const names = (split: string, view: number, data: readonly Datum[]) =>
    data.map(({ picture }) => `${split} ${view} ${picture.name}`);
  for (const { key, cell } of planCells(of)) {
    const encoded = encodedFor(key, of);
    const source = grid.datasets.find((entry) => entry.key === cell.dataset.key)!;
    const draw = cell.seed === null ? { train: [], val: [] } : drawFewShot(source, cell.shots, cell.seed);
    const read = [...names('test', -1, source.test), ...names('test', -1, shifted.test)];
    if (cell.method.kind === 'linear_probe') {
      read.push(...names('train', -1, draw.train), ...names('val', -1, draw.val));
    }
    if (cell.method.kind === 'coop') {
      for (const view of [0, 1]) read.push(...names('train', view, draw.train));
    }
    assert.deepEqual(
      read.filter((name) => !encoded.has(name)),
      [],
      `${cell.dataset.key} ${cell.method.key}`,
    );
  }
});

test('no picture is encoded that no cell reads', () => {
  const zeroShot = withGrid({ methods: ['zeroshot'] }, { limit: 4 });
  const [cell] = planCells(zeroShot);
  const encoded = encodedFor(cell!.key, zeroShot);
  assert.deepEqual(
    [...encoded],
    [0, 3, 7, 11].map((i) => `test -1 one-test:${i}`),
    'a limit takes evenly spaced pictures',
  );
  const fresh = withGrid({ methods: ['coop_m4_end'] }, { views: 'fresh' });
  const splits = [...encodedFor(planCells(fresh)[0]!.key, fresh)].map((name) => name.split(' ')[0]);
  assert.deepEqual([...new Set(splits)], ['test'], 'new crops are encoded while training');
});

test('a features task takes 512 pictures at most, and each picture of a view stands in one task', () => {
  const many = withGrid({ methods: ['linear_probe'], shots: [400] });
  const sizes: number[] = [];
  const seen = new Set<string>();
  for (const { payload } of tasksOf(many)) {
    if (payload.kind !== 'features') continue;
    sizes.push(payload.groups.reduce((sum, { indices }) => sum + indices.length, 0));
    for (const { split, view, indices } of payload.groups) {
      for (const i of indices) {
        const name = `${payload.place.checkpoint} ${payload.dataset} ${split} ${view} ${i}`;
        assert.ok(!seen.has(name), name);
        seen.add(name);
      }
    }
  }
  assert.ok(Math.max(...sizes) <= 512);
  // Two models; of the larger set 1200 training, 12 validation and 15 test pictures.
  assert.equal(sizes.filter((size) => size === 512).length, 2 * 2);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMBEDDED_ONLY } from '../../datasets/index.ts';
import { LocalTasks } from '../../src/queue/local-tasks.ts';
import { type PlannedTask, planCells } from '../../src/runner/index.ts';
import { backbone, dataset, experimentOf, placeOf } from '../runner/example-experiment.ts';

const one = dataset('one', 8);
const experiment = experimentOf({
  datasets: [one],
  methods: ['zeroshot', 'linear_probe'],
  shots: [1, 8],
  seeds: [0],
});
const model = backbone('rn');
const cells = planCells(experiment).filter(({ cell }) => cell.backbone.sha256 === model.sha256);
const jobs = cells.map((planned) => ({ label: 'a job', cells: [planned], wanted: [planned.key] }));

/** Every picture that tasks encode, by split and view. */
const pictures = (tasks: readonly PlannedTask[]): string[] =>
  tasks.flatMap(({ payload }) =>
    payload.kind === 'features'
      ? payload.groups.flatMap(({ split, view, indices }) => indices.map((i) => `${split} ${view} ${i}`))
      : [],
  );

test('jobs of one set encode each picture once, wait for one another, and try again what failed', () => {
  const here = {
    backbones: new Map([[model.sha256, model]]),
    datasets: new Map([[one.key, one]]),
    data: EMBEDDED_ONLY,
  };
  const local = new LocalTasks(here, placeOf);
  const [zeroShot, few, many] = jobs;
  const first = local.of(zeroShot!, 'first');
  assert.equal(pictures(first).length, one.test.length);
  assert.deepEqual(first.at(-1)!.needs, ['first pictures 0']);

  const second = local.of(many!, 'second');
  assert.deepEqual(
    second.map(({ id }) => id),
    ['second pictures 0', 'second'],
  );
  assert.deepEqual([...second.at(-1)!.needs].sort(), ['first pictures 0', 'second pictures 0']);
  const all = [...pictures(first), ...pictures(second)];
  assert.equal(new Set(all).size, all.length);

  // The test pictures are there; the training pictures failed, and whoever needs them next encodes them.
  local.ended(first[0]!, true);
  local.ended(second[0]!, false);
  const third = local.of(few!, 'third');
  assert.deepEqual(third.at(-1)!.needs, ['third pictures 0']);
  const training = pictures(third).filter((name) => name.startsWith('train'));
  assert.equal(training.length, 3);
  assert.ok(training.every((name) => pictures(second).includes(name)));
  local.ended(third[0]!, true);
  assert.deepEqual(
    local.of(few!, 'fourth').map(({ id, needs }) => [id, needs]),
    [['fourth', []]],
  );
});

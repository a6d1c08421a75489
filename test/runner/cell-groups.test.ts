import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlannedCell } from '../../src/config/index.ts';
import { methodOf } from '../../src/methods/index.ts';
import {
  type CellGroup,
  cellSizes,
  planCells,
  planGroups,
  planTasks,
  rememberedDraws,
} from '../../src/runner/index.ts';
import { dataset, experimentOf, placeOf, shifted } from './example-experiment.ts';

const METHODS = [
  'zeroshot',
  'linear_probe',
  'coop_m4_end',
  'coop_m16_mid',
  'coop_m4_end_csc',
  'coop_m4_end:lr=0.02',
];

/** `twin` has the classes and sizes of `one`: only its name tells its cells apart. */
const SOURCES = [dataset('one', 8), dataset('twin', 8), dataset('two', 400)];

const experiment = experimentOf({
  datasets: SOURCES,
  methods: METHODS,
  shots: [1, 8],
  seeds: [0, 1, 2, 3, 4, 5, 6],
});
const cells = planCells(experiment);
const groupsOf = (planned: readonly PlannedCell[]): CellGroup[] =>
  planGroups(experiment, planned, rememberedDraws());
const groups = groupsOf(cells);

/** What may be said of a group's members, in one word each. */
const distinct = (group: CellGroup, read: (planned: PlannedCell) => unknown): number =>
  new Set(group.cells.map((planned) => JSON.stringify(read(planned)))).size;

describe('cells that are trained together', () => {
  it('stand in one group each, in the order of the plan', () => {
    const keys = groups.flatMap((group) => group.cells.map(({ key }) => key));
    assert.deepEqual([...keys].sort(), cells.map(({ key }) => key).sort());
    const place = new Map(cells.map(({ key }, i) => [key, i]));
    for (const group of groups) {
      const places = group.cells.map(({ key }) => place.get(key)!);
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
    }
  });

  it('share dataset, backbone, targets, kind and shape, and are as many as the method says at most', () => {
    let largest = 0;
    for (const group of groups) {
      assert.equal(
        distinct(group, ({ cell }) => [cell.dataset, cell.backbone, cell.targets, cell.limit]),
        1,
      );
      assert.equal(
        distinct(group, ({ cell }) => cell.method.kind),
        1,
      );
      const [{ cell }] = group.cells as [PlannedCell];
      assert.deepEqual([group.source.key, group.backbone.sha256], [cell.dataset.key, cell.backbone.sha256]);
      const sizeOf = cellSizes(group.backbone, SOURCES, rememberedDraws());
      const answers = group.cells.map(
        (planned) =>
          methodOf(planned.cell.method).together?.group(planned.cell.method, sizeOf(planned)) ?? null,
      );
      assert.equal(new Set(answers.map((answer) => answer?.shape)).size, 1);
      assert.ok(group.cells.length <= (answers[0]?.most ?? 1));
      largest = Math.max(largest, group.cells.length);
    }
    assert.equal(largest, 6);
  });

  it('are seeds of one setting and settings of one shape, but not of another context, shot count or kind', () => {
    const own = groups.filter(({ backbone: { name }, source }) => name === 'rn' && source.key === 'one');
    const words = own.map((group) =>
      group.cells.map(({ cell: { method, shots, seed } }) => `${method.key} ${shots} ${seed ?? '-'}`),
    );
    const seeds = [0, 1, 2, 3, 4, 5, 6];
    // Two learning rates have one shape: fourteen cells a shot count, six at a time.
    const rates = (shots: number) =>
      ['coop_m4_end', 'coop_m4_end:lr=0.02'].flatMap((key) => seeds.map((seed) => `${key} ${shots} ${seed}`));
    for (const shots of [1, 8]) {
      const all = rates(shots);
      for (const expected of [all.slice(0, 6), all.slice(6, 12), all.slice(12)]) {
        assert.ok(
          words.some((group) => group.join() === expected.join()),
          expected.join(),
        );
      }
    }
    for (const group of words) {
      const [first] = group as [string];
      if (/^(zeroshot|linear_probe)/.test(first)) assert.equal(group.length, 1, first);
    }
  });

  it('do not mix what has other targets', () => {
    const { grids } = experimentOf({
      datasets: [SOURCES[0]!],
      methods: ['coop_m4_end'],
      shots: [1],
      seeds: [0, 1],
    });
    const of = { ...experiment, grids: [...grids, { ...grids[0]!, targets: [shifted] }] };
    const planned = planCells(of);
    const made = planGroups(of, planned, rememberedDraws()).filter(({ backbone: { name } }) => name === 'rn');
    assert.deepEqual(
      made.map((group) => group.cells.map(({ cell }) => cell.targets.length)),
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  it('stay alone with a new crop every time', () => {
    const fresh = { ...experiment, views: 'fresh' as const };
    for (const group of planGroups(fresh, planCells(fresh), rememberedDraws()))
      assert.equal(group.cells.length, 1);
  });

  it('are the same whatever is left to do: a task takes all members, and gives those that are wanted', () => {
    const drawOf = rememberedDraws();
    const tasksFor = (wanted: readonly string[]) =>
      planTasks(
        experiment,
        groups.filter((group) => group.cells.some(({ key }) => wanted.includes(key))),
        new Set(wanted),
        placeOf,
        drawOf,
      ).flatMap(({ payload }) => (payload.kind === 'cells' ? [payload] : []));
    const all = tasksFor(cells.map(({ key }) => key));
    // Every third cell of the plan is left, in any order.
    const left = cells.filter((_, i) => i % 3 === 0).map(({ key }) => key);
    const names = ({ cells: members }: { cells: readonly PlannedCell[] }) =>
      members.map(({ key }) => key).join();
    const known = new Set(all.map(names));
    for (const order of [left, [...left].reverse()]) {
      const some = tasksFor(order);
      for (const task of some) assert.ok(known.has(names(task)));
      assert.deepEqual(some.flatMap(({ wanted }) => wanted).sort(), [...left].sort());
    }
  });
});

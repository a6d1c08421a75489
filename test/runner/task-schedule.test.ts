import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Task } from '../../src/runner/index.ts';
import type { Admission } from '../../src/runner/task.ts';
import { TaskSchedule } from '../../src/runner/task-schedule.ts';

const task = (id: string, ...needs: string[]): Task => ({ id, needs, cost: 1, payload: null });
const ok = (taskId: string): Outcome => ({ taskId, status: 'ok', value: taskId });
const blame = (taskId: string) => ({ code: 'WORKER_CRASHED', message: taskId });

/** Ids of all tasks that may start now. */
function startAll(schedule: TaskSchedule): string[] {
  const ids: string[] = [];
  for (let next = schedule.start(); next !== null; next = schedule.start()) ids.push(next.id);
  return ids;
}

test('tasks start in the order given, each once its needs are done', () => {
  const schedule = new TaskSchedule([
    task('c1', 'f'),
    task('f'),
    task('c2', 'f', 'g', 'g'),
    task('g'),
    task('z'),
  ]);
  assert.deepEqual(startAll(schedule), ['f', 'g', 'z']);
  schedule.finish(ok('g'));
  assert.deepEqual(startAll(schedule), []);
  schedule.finish(ok('f'));
  assert.deepEqual(startAll(schedule), ['c1', 'c2']);
  for (const id of ['z', 'c2', 'c1']) schedule.finish(ok(id));
  assert.equal(schedule.settled, true);
  assert.deepEqual(schedule.outcomes(), ['c1', 'f', 'c2', 'g', 'z'].map(ok));
});

test('a failure fails what needs it, naming the first cause however long the chain', () => {
  const schedule = new TaskSchedule([task('a'), task('b', 'a'), task('c', 'b'), task('d')]);
  startAll(schedule);
  const failed = { taskId: 'a', status: 'failed', error: { code: 'X', message: 'no cat' } } as const;
  const settled = schedule.finish(failed);
  const expected = { code: 'NEED_FAILED', message: 'it needs a, which failed: X: no cat' };
  assert.deepEqual(settled, [
    failed,
    { taskId: 'b', status: 'failed', error: expected },
    { taskId: 'c', status: 'failed', error: expected },
  ]);
  assert.equal(schedule.settled, false);
});

test('after a crash the tasks that ran start again first, one at a time, and only the guilty one fails', () => {
  const schedule = new TaskSchedule([task('a'), task('b'), task('c')]);
  assert.equal(schedule.start()?.id, 'a');
  assert.equal(schedule.start()?.id, 'b');
  assert.deepEqual(schedule.crash(blame), { again: ['a', 'b'], settled: [] });
  assert.deepEqual(startAll(schedule), ['a']);
  assert.deepEqual(schedule.crash(blame), {
    again: [],
    settled: [{ taskId: 'a', status: 'failed', error: { code: 'WORKER_CRASHED', message: 'a' } }],
  });
  assert.deepEqual(startAll(schedule), ['b']);
  schedule.finish(ok('b'));
  assert.deepEqual(startAll(schedule), ['c']);
});

test('what others need is tried four times, alone, before it fails and they with it', () => {
  const schedule = new TaskSchedule([task('a'), task('b'), task('c', 'a')]);
  assert.deepEqual(startAll(schedule), ['a', 'b']);
  assert.deepEqual(schedule.crash(blame).again, ['a', 'b']);
  for (const _ of [2, 3]) {
    assert.deepEqual(startAll(schedule), ['a']);
    assert.deepEqual(schedule.crash(blame), { again: ['a'], settled: [] });
  }
  assert.deepEqual(startAll(schedule), ['a']);
  const message = 'it needs a, which failed: WORKER_CRASHED: a';
  assert.deepEqual(schedule.crash(blame).settled, [
    { taskId: 'a', status: 'failed', error: { code: 'WORKER_CRASHED', message: 'a' } },
    { taskId: 'c', status: 'failed', error: { code: 'NEED_FAILED', message } },
  ]);
  assert.deepEqual(startAll(schedule), ['b']);
});

test('cancelling leaves running tasks their own end, and what needed them is cancelled', () => {
  const schedule = new TaskSchedule([task('a'), task('b', 'a'), task('c')]);
  assert.equal(schedule.start()?.id, 'a');
  assert.deepEqual(schedule.cancelWaiting(), [
    { taskId: 'b', status: 'cancelled' },
    { taskId: 'c', status: 'cancelled' },
  ]);
  assert.deepEqual(startAll(schedule), []);
  assert.deepEqual(schedule.finish(ok('a')), [ok('a')]);
  assert.equal(schedule.settled, true);
});

test('a plan that cannot end is refused', () => {
  assert.throws(() => new TaskSchedule([task('a'), task('a')]), /two tasks have the id a/);
  assert.throws(() => new TaskSchedule([task('a', 'b')]), /a needs b, which is no task/);
  assert.throws(() => new TaskSchedule([task('x'), task('a', 'b'), task('b', 'a')]), /in a circle: a, b/);
});

test('a task that another run is at is passed over, and asked for again after a recall', () => {
  const schedule = new TaskSchedule([task('a'), task('b'), task('c', 'a'), task('d')]);
  const answers = new Map<string, Admission>([
    ['a', { kind: 'later' }],
    ['b', { kind: 'start', payload: 'less' }],
    ['d', { kind: 'done', failed: 1 }],
  ]);
  const admit = ({ id, payload }: Task): Admission => answers.get(id) ?? { kind: 'start', payload };
  const settled: Outcome[] = [];
  assert.deepEqual(schedule.start(admit, settled), { ...task('b'), payload: 'less' });
  assert.equal(schedule.waiting, true);
  assert.equal(schedule.start(admit, settled), null);
  assert.deepEqual(settled, [{ taskId: 'd', status: 'elsewhere', failed: 1 }]);
  schedule.recall();
  assert.equal(schedule.start(admit, settled), null, 'it is still at it');
  answers.set('a', { kind: 'done', failed: 0 });
  schedule.recall();
  assert.equal(schedule.start(admit, settled)?.id, 'c', 'what was done elsewhere is done');
  assert.deepEqual(settled.at(-1), { taskId: 'a', status: 'elsewhere', failed: 0 });
  for (const id of ['b', 'c']) schedule.finish(ok(id));
  assert.equal(schedule.settled, true);
});

test('tasks that wait for another run are cancelled with the rest', () => {
  const schedule = new TaskSchedule([task('a'), task('b', 'a')]);
  assert.equal(
    schedule.start(() => ({ kind: 'later' })),
    null,
  );
  assert.deepEqual(
    schedule.cancelWaiting().map(({ taskId, status }) => [taskId, status]),
    [
      ['a', 'cancelled'],
      ['b', 'cancelled'],
    ],
  );
  assert.equal(schedule.settled, true);
});

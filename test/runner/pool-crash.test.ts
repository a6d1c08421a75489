import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type PoolEvent, runTasks, type Task } from '../../src/runner/index.ts';
import type { Order } from '../fixtures/runner/worker.ts';
import { fixture, temporaryFolder } from './helpers.ts';

const workerModule = fixture('worker.ts');
const task = (id: string, payload: Order, ...needs: string[]): Task<Order> => ({
  id,
  needs,
  cost: 1,
  payload,
});

test('a process that is killed once is started again and no task is lost', { timeout: 60_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const journal = join(folder, 'journal');
  const events: PoolEvent[] = [];
  const outcomes = await runTasks(
    [
      task('before', { do: 'echo', value: 0, journal }),
      task(
        'killer',
        { do: 'kill-process', signal: 'SIGKILL', marker: join(folder, 'marker'), journal },
        'before',
      ),
      task('beside', { do: 'sleep', ms: 50, journal }),
      task('after', { do: 'echo', value: 1, journal }, 'killer'),
    ],
    { workers: 2, threads: 1, workerModule, onEvent: (event) => events.push(event) },
  );
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'ok' && outcome.value),
    [0, 'survived', 'slept', 1],
  );
  const restarts = events.filter((event) => event.kind === 'restart');
  assert.deepEqual(
    restarts.map(({ reason }) => reason),
    ['killed by SIGKILL'],
  );
  // What had ended before the crash is not computed again.
  const starts = readFileSync(journal, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  assert.equal(starts.filter((id) => id === 'before').length, 1);
  assert.equal(starts.filter((id) => id === 'killer').length, 2);
});

test('a task under which the process dies each time fails, with what needs it; its neighbour and the rest go on', {
  timeout: 60_000,
}, async () => {
  const outcomes = await runTasks(
    [
      task('beside', { do: 'sleep', ms: 300 }),
      task('crasher', { do: 'kill-process', signal: 'SIGSEGV' }),
      task('needs it', { do: 'echo', value: 1 }, 'crasher'),
      task('rest', { do: 'echo', value: 2 }),
    ],
    { workers: 2, threads: 1, workerModule },
  );
  const [beside, crasher, needsIt, rest] = outcomes;
  assert.deepEqual(beside, { taskId: 'beside', status: 'ok', value: 'slept' });
  assert.equal(crasher.status === 'failed' && crasher.error.code, 'WORKER_CRASHED');
  assert.match(crasher.status === 'failed' ? crasher.error.message : '', /ended 4 times .*killed by SIGSEGV/);
  assert.equal(needsIt.status === 'failed' && needsIt.error.code, 'NEED_FAILED');
  assert.deepEqual(rest, { taskId: 'rest', status: 'ok', value: 2 });
});

test('of quick tasks handed out ahead, only the one under which the process dies is blamed', {
  timeout: 60_000,
}, async (t) => {
  const journal = join(temporaryFolder(t), 'journal');
  const quick = (id: string) => task(id, { do: 'info', journal });
  const outcomes = await runTasks(
    [
      quick('first'),
      quick('second'),
      task('crasher', { do: 'kill-process', signal: 'SIGKILL', journal }),
      quick('ahead'),
      quick('last'),
    ],
    { workers: 1, threads: 1, workerModule },
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['ok', 'ok', 'failed', 'ok', 'ok'],
  );
  const starts = readFileSync(journal, 'utf8').match(/^\S+/gm) ?? [];
  const startsOf = (id: string) => starts.filter((started) => started === id).length;
  assert.deepEqual(['crasher', 'ahead', 'last'].map(startsOf), [2, 1, 1]);
});

test('a process that cannot even start is an error with what it said', { timeout: 60_000 }, async (t) => {
  const before = process.env.NODE_OPTIONS;
  t.after(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  });
  process.env.NODE_OPTIONS = '--no-such-option';
  await assert.rejects(runTasks([task('a', { do: 'info' })], { workers: 1, threads: 1, workerModule }), {
    code: 'POOL_START_FAILED',
    message: /--no-such-option is not allowed/,
  });
});

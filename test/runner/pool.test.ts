import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Outcome, type PoolEvent, runTasks, type Task, type TaskFeed } from '../../src/runner/index.ts';
import type { Order } from '../fixtures/runner/worker.ts';
import { fixture, isAlive, temporaryFolder } from './helpers.ts';

const workerModule = fixture('worker.ts');
const task = (id: string, payload: Order, ...needs: string[]): Task<Order> => ({
  id,
  needs,
  cost: 1,
  payload,
});

function failure(outcome: Outcome): { code: string; message: string; stack?: string } {
  assert.equal(outcome.status, 'failed');
  return outcome.status === 'failed' ? outcome.error : assert.fail();
}

test('tasks run in order on as many threads as workers, in one process that is gone afterwards', {
  timeout: 60_000,
}, async (t) => {
  const journal = join(temporaryFolder(t), 'journal');
  const events: PoolEvent[] = [];
  const outcomes = await runTasks<{ pid: number; threadId: number; threads: number } | string>(
    [
      task('cell', { do: 'info', journal }, 'features'),
      task('features', { do: 'sleep', ms: 60, journal }),
      task('other', { do: 'sleep', ms: 30, journal }),
      task('last', { do: 'info', journal }),
    ],
    { workers: 2, threads: 3, workerModule, onEvent: (event) => events.push(event) },
  );
  const started = events.filter((event) => event.kind === 'start').map(({ taskId }) => taskId);
  assert.deepEqual(started.slice(0, 2), ['features', 'other']);
  const at = (kind: 'start' | 'finish', id: string): number =>
    events.findIndex(
      (event) =>
        (event.kind === 'start' && kind === 'start' && event.taskId === id) ||
        (event.kind === 'finish' && kind === 'finish' && event.outcome.taskId === id),
    );
  assert.ok(at('start', 'cell') > at('finish', 'features'));
  const lines = readFileSync(journal, 'utf8').trim().split('\n');
  const pids = new Set(lines.map((line) => Number(line.split(' ')[1])));
  assert.equal(pids.size, 1);
  const [pid] = pids;
  assert.notEqual(pid, process.pid);
  assert.equal(isAlive(pid), false);
  assert.deepEqual(
    outcomes.map(({ taskId, status }) => [taskId, status]),
    [
      ['cell', 'ok'],
      ['features', 'ok'],
      ['other', 'ok'],
      ['last', 'ok'],
    ],
  );
  const info = outcomes[0].status === 'ok' ? outcomes[0].value : assert.fail();
  assert.ok(typeof info === 'object' && info.threads === 3 && info.threadId > 0);
  // Never more at once than workers.
  let running = 0;
  for (const event of events) {
    if (event.kind === 'start') running += 1;
    if (event.kind === 'finish') running -= 1;
    assert.ok(running <= 2 && running >= 0);
  }
});

test('values cross process and thread as they are', { timeout: 60_000 }, async () => {
  const value = {
    numbers: new Float32Array([1, Number.NaN]),
    none: undefined,
    big: 2n,
    nested: [new Map([[1, 'a']])],
  };
  const [outcome] = await runTasks([task('a', { do: 'echo', value })], {
    workers: 1,
    threads: 1,
    workerModule,
  });
  assert.deepEqual(outcome, { taskId: 'a', status: 'ok', value });
});

test('a task that throws fails alone, with code, message and causes', { timeout: 60_000 }, async () => {
  const outcomes = await runTasks(
    [
      task('user', { do: 'throw', what: 'user' }),
      task('plain', { do: 'throw', what: 'plain' }),
      task('text', { do: 'throw', what: 'text' }),
      task('later', { do: 'throw', what: 'later' }),
      task('exit', { do: 'exit-thread' }),
      task('not data', { do: 'not-data' }),
      task('needs user', { do: 'echo', value: 1 }, 'user'),
      task('fine', { do: 'echo', value: 1 }),
    ],
    { workers: 2, threads: 1, workerModule },
  );
  const [user, plain, text, later, exit, notData, needsUser, fine] = outcomes;
  assert.equal(failure(user).code, 'PICTURE_UNREADABLE');
  assert.equal(failure(user).message, 'cat.jpg');
  assert.match(failure(user).stack ?? '', /\[cause\]: Error: the file is cut off/);
  assert.deepEqual([failure(plain).code, failure(plain).message], ['UNEXPECTED_ERROR', 'index 7 of 5']);
  assert.match(failure(text).message, /just a text/);
  assert.deepEqual(
    [failure(later).code, failure(later).message],
    ['WORKER_EXITED', 'thrown where nobody awaits'],
  );
  assert.deepEqual(
    [failure(exit).code, failure(exit).message],
    ['WORKER_EXITED', 'worker exited with code: 3'],
  );
  assert.match(failure(notData).message, /could not be cloned/);
  assert.equal(failure(needsUser).code, 'NEED_FAILED');
  assert.deepEqual(fine, { taskId: 'fine', status: 'ok', value: 1 });
});

test('progress and printed lines come as events, and nothing reaches stdout', {
  timeout: 60_000,
}, async () => {
  const events: PoolEvent[] = [];
  await runTasks([task('p', { do: 'progress' }), task('q', { do: 'print' })], {
    workers: 2,
    threads: 1,
    workerModule,
    onEvent: (event) => events.push(event),
  });
  assert.deepEqual(
    events
      .filter((event) => event.kind === 'progress')
      .map(({ taskId, fraction, message }) => [taskId, fraction, message]),
    [
      ['p', 0.25, 'at 0.25'],
      ['p', 0.5, 'at 0.5'],
      ['p', 0.75, 'at 0.75'],
    ],
  );
  const lines = events.filter((event) => event.kind === 'log').map(({ line }) => line);
  assert.deepEqual(lines.sort(), ['a line on stderr', 'a line on stdout']);
});

test('a worker module that cannot be loaded fails the tasks with its error', {
  timeout: 60_000,
}, async () => {
  const outcomes = await runTasks([task('a', { do: 'info' }), task('b', { do: 'info' })], {
    workers: 1,
    threads: 1,
    workerModule: fixture('no-such-module.ts'),
  });
  for (const outcome of outcomes) assert.equal(failure(outcome).code, 'MODULE_NOT_FOUND');
});

test('an error of the listener ends the run, and the process with it', { timeout: 60_000 }, async (t) => {
  const journal = join(temporaryFolder(t), 'journal');
  const run = runTasks([task('a', { do: 'spin', journal }), task('b', { do: 'info', journal })], {
    workers: 2,
    threads: 1,
    workerModule,
    onEvent: (event) => {
      if (event.kind === 'finish') throw new Error('the disk is full');
    },
  });
  await assert.rejects(run, { message: 'the disk is full' });
  const pid = Number(readFileSync(journal, 'utf8').split(/\s/)[1]);
  assert.equal(isAlive(pid), false);
});

test('no tasks need no process', { timeout: 60_000 }, async () => {
  assert.deepEqual(await runTasks([], { workers: 1, threads: 1, workerModule }), []);
});

test('a fed run takes tasks while it goes on, survives a death between them, and ends with its feed', {
  timeout: 60_000,
}, async () => {
  const finished = new Map<string, Outcome>();
  const waiting = new Map<string, () => void>();
  let feed: TaskFeed | undefined;
  const run = runTasks<{ pid: number }>([], {
    workers: 2,
    threads: 1,
    workerModule,
    feed: (given) => {
      feed = given;
    },
    onEvent: (event) => {
      if (event.kind !== 'finish') return;
      finished.set(event.outcome.taskId, event.outcome);
      waiting.get(event.outcome.taskId)?.();
    },
  });
  const ended = (id: string): Promise<void> => new Promise((resolve) => waiting.set(id, resolve));
  feed!.add([task('first', { do: 'info' })]);
  await ended('first');
  const value = (id: string): { pid: number } => {
    const outcome = finished.get(id);
    return outcome?.status === 'ok' ? (outcome.value as { pid: number }) : assert.fail();
  };
  const killed = value('first').pid;
  process.kill(killed, 'SIGKILL');
  // One name again is no clash: what has ended is forgotten.
  feed!.add([task('cell', { do: 'info' }, 'first'), task('first', { do: 'sleep', ms: 20 })]);
  await ended('cell');
  assert.notEqual(value('cell').pid, killed);
  feed!.add([task('last', { do: 'info' })]);
  feed!.end();
  assert.deepEqual(await run, []);
  assert.equal(finished.get('last')?.status, 'ok');
  assert.equal(isAlive(value('last').pid), false);
});

test('a finish is told once its result is kept; the worker has its next task long before', async () => {
  const events: string[] = [];
  let firstKept = (): void => {};
  const secondStarted = new Promise<void>((resolve) => {
    firstKept = resolve;
  });
  await runTasks([task('a', { do: 'info' }), task('b', { do: 'info' })], {
    workers: 1,
    threads: 1,
    workerModule,
    keep: ({ taskId }) => (taskId === 'a' ? secondStarted : null),
    onEvent: (event) => {
      if (event.kind === 'start' && event.taskId === 'b') setTimeout(firstKept, 50);
      if (event.kind === 'start') events.push(`start ${event.taskId}`);
      if (event.kind === 'finish') events.push(`finish ${event.outcome.taskId}`);
    },
  });
  assert.deepEqual(events.slice(0, 2), ['start a', 'start b']);
  assert.deepEqual(events.slice(2).sort(), ['finish a', 'finish b']);
});

test('quick tasks begin in their order, and every result is kept before it is told', {
  timeout: 60_000,
}, async () => {
  const ids = Array.from({ length: 120 }, (_, i) => `t${i}`);
  const began: string[] = [];
  const kept = new Set<string>();
  const busy = new Map<number, string>();
  const outcomes = await runTasks(
    ids.map((id) => task(id, { do: 'sleep', ms: 5 })),
    {
      workers: 2,
      threads: 1,
      workerModule,
      keep: async ({ taskId }) => {
        await new Promise((resolve) => setTimeout(resolve, 3));
        kept.add(taskId);
      },
      onEvent: (event) => {
        if (event.kind === 'start') {
          began.push(event.taskId);
          busy.set(event.worker, event.taskId);
        } else if (event.kind === 'finish') {
          assert.ok(kept.has(event.outcome.taskId));
          assert.ok(began.includes(event.outcome.taskId));
        }
      },
    },
  );
  assert.deepEqual(began, ids);
  assert.deepEqual([...busy.keys()].sort(), [0, 1]);
  assert.deepEqual(
    outcomes.map(({ taskId, status }) => `${taskId} ${status}`),
    ids.map((id) => `${id} ok`),
  );
});

test('a result that cannot be kept ends the run, after those that are being kept', async () => {
  let kept = false;
  const run = runTasks(
    [task('a', { do: 'info' }), task('b', { do: 'sleep', ms: 200 }), task('c', { do: 'info' })],
    {
      workers: 2,
      threads: 1,
      workerModule,
      keep: async ({ taskId }) => {
        if (taskId === 'b') throw new Error('no room');
        if (taskId === 'c') return;
        await new Promise((resolve) => setTimeout(resolve, 300));
        kept = true;
      },
    },
  );
  await assert.rejects(run, /no room/);
  assert.ok(kept);
});

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type PoolEvent, runTasks, type Task } from '../../src/runner/index.ts';
import type { Order } from '../fixtures/runner/worker.ts';
import { fixture, isAlive, temporaryFolder, until } from './helpers.ts';

const workerModule = fixture('worker.ts');
const task = (id: string, payload: Order): Task<Order> => ({ id, needs: [], cost: 1, payload });

/** Starts a command that runs tasks. */
function command(
  t: TestContext,
  tasks: readonly Task<Order>[],
  graceMs: number,
): { child: ChildProcess; events: () => PoolEvent[] } {
  const program = fileURLToPath(fixture('run-pool.ts'));
  const child = spawn(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      program,
      JSON.stringify(tasks),
      JSON.stringify({ workers: 1, graceMs }),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (data) => {
    text += String(data);
  });
  const events = (): PoolEvent[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line): PoolEvent => JSON.parse(line));
  return { child, events };
}

/** Starts a command whose task has begun, and tells the process that computes. */
async function busyCommand(t: TestContext, order: Order, graceMs: number) {
  const journal = join(temporaryFolder(t), 'journal');
  const running = command(t, [task('busy', { ...order, journal }), task('waiting', { do: 'info' })], graceMs);
  // The whole line: the file is there before its content.
  const started = (): string => (existsSync(journal) ? readFileSync(journal, 'utf8') : '');
  await until(() => started().endsWith('\n'), 20_000, 'the task starts');
  const hostPid = Number(started().split(/\s/)[1]);
  return { ...running, hostPid };
}

test('an abort stops running tasks between two steps and starts no more', { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const begun = Date.now();
  const outcomes = await runTasks(
    [
      task('quick', { do: 'echo', value: 1 }),
      task('long', { do: 'steps', count: 1000, ms: 20 }),
      task('never', { do: 'info' }),
    ],
    {
      workers: 1,
      threads: 1,
      workerModule,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'start' && event.taskId === 'long') setTimeout(() => controller.abort(), 50);
      },
    },
  );
  assert.deepEqual(outcomes, [
    { taskId: 'quick', status: 'ok', value: 1 },
    { taskId: 'long', status: 'cancelled' },
    { taskId: 'never', status: 'cancelled' },
  ]);
  assert.ok(Date.now() - begun < 8_000, 'without waiting for the grace period');
});

test('a task that does not heed the flag is ended with its process after the grace period', {
  timeout: 60_000,
}, async () => {
  const controller = new AbortController();
  const outcomes = await runTasks([task('stuck', { do: 'spin' }), task('never', { do: 'info' })], {
    workers: 1,
    threads: 1,
    workerModule,
    signal: controller.signal,
    graceMs: 200,
    onEvent: (event) => {
      if (event.kind === 'start') setTimeout(() => controller.abort(), 50);
    },
  });
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['cancelled', 'cancelled'],
  );
});

test('an abort before the start runs nothing', { timeout: 60_000 }, async () => {
  const outcomes = await runTasks([task('a', { do: 'info' })], {
    workers: 1,
    threads: 1,
    workerModule,
    signal: AbortSignal.abort(),
  });
  assert.deepEqual(outcomes, [{ taskId: 'a', status: 'cancelled' }]);
});

test('a command killed by SIGKILL leaves no process behind, even in the middle of native code', {
  timeout: 60_000,
}, async (t) => {
  const { child, hostPid } = await busyCommand(t, { do: 'spin' }, 60_000);
  assert.equal(isAlive(hostPid), true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await until(() => !isAlive(hostPid), 2_000, 'the process that computes ends');
});

test('Ctrl-C reaches the whole group and still ends the run politely', { timeout: 60_000 }, async (t) => {
  const { child, events, hostPid } = await busyCommand(t, { do: 'steps', count: 1000, ms: 20 }, 60_000);
  // A terminal sends it to both.
  process.kill(hostPid, 'SIGINT');
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  const last: unknown = events().at(-1);
  assert.deepEqual(last, {
    kind: 'outcomes',
    outcomes: [
      { taskId: 'busy', status: 'cancelled' },
      { taskId: 'waiting', status: 'cancelled' },
    ],
  });
  assert.ok(events().every((event) => event.kind !== 'restart'));
  assert.equal(isAlive(hostPid), false);
});

test('a second Ctrl-C ends everything at once with exit code 130', { timeout: 60_000 }, async (t) => {
  const { child, events, hostPid } = await busyCommand(t, { do: 'spin' }, 60_000);
  child.kill('SIGINT');
  await until(() => JSON.stringify(events()).includes('interrupt'), 5_000, 'the first is heard');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 130);
  await until(() => !isAlive(hostPid), 2_000, 'the process that computes ends');
});

test('a task that was handed out ahead does not begin after an abort', { timeout: 60_000 }, async (t) => {
  const journal = join(temporaryFolder(t), 'journal');
  const controller = new AbortController();
  const outcomes = await runTasks(
    [
      // The first loads the worker module.
      task('first', { do: 'info' }),
      task('quick', { do: 'info' }),
      task('long', { do: 'steps', count: 500, ms: 20 }),
      task('ahead', { do: 'info', journal }),
    ],
    {
      workers: 1,
      threads: 1,
      workerModule,
      graceMs: 20_000,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'start' && event.taskId === 'long') setTimeout(() => controller.abort(), 100);
      },
    },
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['ok', 'ok', 'cancelled', 'cancelled'],
  );
  assert.equal(existsSync(journal), false);
});

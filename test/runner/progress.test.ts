import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import {
  createProgress,
  formatDuration,
  type PoolEvent,
  type ProgressMode,
  type ProgressTask,
} from '../../src/runner/index.ts';
import { ProgressState } from '../../src/runner/progress-state.ts';
import { summaryLine } from '../../src/runner/progress-text.ts';

const features: ProgressTask = { id: 'f', cost: 20, label: 'pictures', cells: 0 };
const cell = (id: string, cost = 10): ProgressTask => ({ id, cost, label: `icons · ${id}`, cells: 1 });
const start = (taskId: string, worker = 0): PoolEvent => ({ kind: 'start', taskId, worker });
const finish = (taskId: string, worker: number | null = 0): PoolEvent => ({
  kind: 'finish',
  worker,
  outcome: { taskId, status: 'ok', value: null },
});
const failed = (taskId: string): PoolEvent => ({
  kind: 'finish',
  worker: 0,
  outcome: { taskId, status: 'failed', error: { code: 'X', message: 'no cat', stack: 'long' } },
});

/** A display on a clock and a stream of the test. */
function display(mode: ProgressMode, tasks: readonly ProgressTask[], isTTY = false, columns = 60) {
  const clock = { ms: 0 };
  let text = '';
  const stream = { isTTY, columns, write: (more: string) => (text += more) };
  const progress = createProgress({ mode, stream, tasks, workers: 2, now: () => clock.ms });
  const lines = (): string[] => text.split('\n').slice(0, -1);
  return { progress, clock, lines, text: () => text };
}

test('time left follows from the cost done per worker and second', () => {
  const state = new ProgressState([features, cell('a'), cell('b'), cell('c'), cell('d'), cell('e')], 2, 0);
  assert.equal(state.view(0).timeLeftMs, null);
  state.apply(start('f', 0), 0);
  state.apply(start('a', 1), 0);
  assert.equal(state.view(1000).timeLeftMs, null);
  state.apply(finish('a', 1), 1000);
  // One worker does 10 a second; 60 of 70 are left for two workers.
  assert.equal(state.view(1000).timeLeftMs, 3000);
  state.apply({ kind: 'progress', taskId: 'f', worker: 0, fraction: 0.5 }, 1000);
  // 20 in 2 worker-seconds, 50 left.
  assert.equal(state.view(1000).timeLeftMs, 2500);
  assert.equal(state.view(1000).fraction, 20 / 70);
  for (const [id, ms] of [
    ['f', 2000],
    ['b', 3000],
    ['c', 4000],
    ['d', 5000],
  ] as const) {
    if (id !== 'f') state.apply(start(id), ms - 1000);
    state.apply(finish(id), ms);
  }
  state.apply(start('e'), 5000);
  // One task left occupies one worker, whatever their number.
  assert.equal(state.view(5000).timeLeftMs, 1000);
  state.apply(failed('e'), 5100);
  const end = state.view(5100);
  assert.deepEqual([end.doneCells, end.failedCells, end.fraction, end.timeLeftMs], [5, 1, 1, 0]);
});

test('cancelled tasks are not done', () => {
  const state = new ProgressState([cell('a'), cell('b')], 1, 0);
  state.apply(start('a'), 0);
  state.apply(finish('a'), 10);
  state.apply({ kind: 'finish', worker: null, outcome: { taskId: 'b', status: 'cancelled' } }, 20);
  const view = state.view(20);
  assert.deepEqual([view.doneCells, view.fraction, view.timeLeftMs], [1, 0.5, 0]);
});

test('lines: the first at once, then every five seconds or every five percent, and a last one', () => {
  const tasks = Array.from({ length: 100 }, (_, i) => cell(`c${i}`, 1));
  const { progress, clock, lines } = display('auto', tasks);
  assert.deepEqual(lines(), ['0 of 100 cells · 0 % · time left not known yet']);
  for (const { id } of tasks.slice(0, 20)) {
    progress.handle(start(id));
    clock.ms += 10;
    progress.handle(finish(id));
  }
  assert.deepEqual(
    lines().map((line) => line.split(' · ')[1]),
    ['0 %', '5 %', '10 %', '15 %', '20 %'],
  );
  progress.handle(start('c20'));
  clock.ms += 4900;
  progress.handle({ kind: 'progress', taskId: 'c20', worker: 0, fraction: 0.1, message: 'epoch 1' });
  assert.equal(lines().length, 5);
  clock.ms += 200;
  progress.handle({ kind: 'progress', taskId: 'c20', worker: 0, fraction: 0.2, message: 'epoch 2' });
  assert.match(lines()[5], /^20 of 100 cells · 20 % · .* left · icons · c20: 20 % epoch 2$/);
  progress.handle(failed('c20'));
  assert.equal(lines()[6], 'c20 failed: X: no cat');
  progress.close();
  assert.match(lines()[7], /^21 of 100 cells · 21 % · .* · 1 failed$/);
});

test('terminal: one line for all and one a worker, drawn in place and never wider than the window', () => {
  const { progress, clock, text } = display('auto', [features, cell('a')], true, 40);
  progress.handle(start('f', 0));
  progress.handle(start('a', 1));
  progress.handle({
    kind: 'progress',
    taskId: 'a',
    worker: 1,
    fraction: 0.5,
    message: 'a very long message about it',
  });
  progress.note('stopping');
  clock.ms = 1000;
  progress.handle(finish('f', 0));
  progress.handle(finish('a', 1));
  progress.close();
  // Carry out what the control characters say.
  const esc = String.fromCharCode(27);
  const screen: string[] = [''];
  for (const part of text().split(new RegExp(`(${esc}\\[\\d+A\\r${esc}\\[J|\\n)`))) {
    const up = new RegExp(`${esc}\\[(\\d+)A`).exec(part);
    if (up !== null) screen.splice(screen.length - 1 - Number(up[1]), Number(up[1]) + 1, '');
    else if (part === '\n') screen.push('');
    else screen[screen.length - 1] += part;
  }
  assert.deepEqual(screen, ['stopping', '1 of 1 cells · 100 % · 60 cells/min · …', '']);
  const noted = text().split('stopping\n')[1].split(esc)[0].split('\n');
  assert.deepEqual(noted.slice(1), ['  pictures', '  icons · a: 50 % a very long message …', '']);
  for (const line of stripVTControlCharacters(text()).replaceAll('\r', '').split('\n'))
    assert.ok([...line].length < 40, line);
});

test('json: one object a line, with totals', () => {
  const { progress, clock, lines } = display('json', [cell('a')], true);
  progress.handle(start('a'));
  clock.ms = 500;
  progress.handle({ kind: 'progress', taskId: 'a', worker: 0, fraction: 0.5, message: 'half' });
  progress.note('hello');
  progress.handle(failed('a'));
  progress.close();
  const events = lines().map((line): Record<string, unknown> => JSON.parse(line));
  assert.deepEqual(
    events.map(({ event }) => event),
    ['begin', 'start', 'progress', 'note', 'finish', 'end'],
  );
  assert.deepEqual(events[2], {
    event: 'progress',
    taskId: 'a',
    worker: 0,
    taskFraction: 0.5,
    message: 'half',
    doneCells: 0,
    totalCells: 1,
    failedCells: 0,
    runningCells: 1,
    cellsPerMinute: null,
    memoryBytes: null,
    fraction: 0.5,
    timeLeftMs: 500,
    elapsedMs: 500,
  });
  assert.equal(events[3].message, 'hello');
  assert.deepEqual([events[4].status, events[4].code, events[4].message], ['failed', 'X', 'no cat']);
  assert.equal('stack' in events[4], false);
});

test('none: silence', () => {
  const { progress, text } = display('none', [cell('a')], true);
  progress.handle(start('a'));
  progress.note('hello');
  progress.close();
  assert.equal(text(), '');
});

test('durations are said as people say them', () => {
  assert.deepEqual([0, 1000, 99_000, 100_000, 600_000, 6_000_000, 3_900_000 * 2].map(formatDuration), [
    '1 s',
    '1 s',
    '99 s',
    '2 min',
    '10 min',
    '1 h 40 min',
    '2 h 10 min',
  ]);
});

test('what runs, the rate, memory, and cells that failed among the results of a task', () => {
  const group: ProgressTask = { id: 'g', cost: 30, label: 'a group', cells: 3 };
  const failedIn = (value: unknown): number => Number(value);
  const state = new ProgressState([group, cell('a'), cell('b')], 2, 0, { failedIn, ownMemory: () => 100e6 });
  state.apply(start('g', 0), 0);
  state.apply(start('a', 1), 0);
  state.apply({ kind: 'memory', bytes: 900e6 }, 100);
  assert.equal(
    summaryLine(state.view(1000)),
    '0 of 5 cells · 0 % · 4 running · time left not known yet · 1.00 GB',
  );
  state.apply({ kind: 'finish', worker: 0, outcome: { taskId: 'g', status: 'ok', value: 1 } }, 2000);
  state.apply(
    { kind: 'finish', worker: null, outcome: { taskId: 'b', status: 'elsewhere', failed: 0 } },
    2000,
  );
  assert.equal(
    summaryLine(state.view(30_000)),
    '4 of 5 cells · 80 % · 1 running · 4.0 cells/min · 1 s left · 1.00 GB · 1 failed',
  );
});

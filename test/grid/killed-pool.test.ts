import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { run, start, temporaryFolder } from './command.ts';

/** The process that computes for a command. */
function poolOf(pid: number): number {
  return Number(spawnSync('pgrep', ['-P', String(pid), '-f', 'pool-host'], { encoding: 'utf8' }).stdout);
}

test('a cell under which the pool is killed twice fails alone, and the command that is named tries it again', async (t) => {
  const folder = temporaryFolder(t);
  const args = [
    ...[
      'bench',
      'fewshot',
      '--datasets',
      'icons_nature',
      '--methods',
      'zeroshot,coop_m4_end',
      '--shots',
      '1',
    ],
    ...['--seeds', '1', '--views', '1', '--epochs', '60', '--limit', '20', '--workers', '1'],
    ...['--out', join(folder, 'out'), '--cache', join(folder, 'cache'), '--json'],
  ];
  const { process: command, finished } = start([...args, '--progress', 'json']);
  const killed: string[] = [];
  createInterface({ input: command.stderr! }).on('line', (line) => {
    const { event, taskId, message } = JSON.parse(line) as Record<string, string>;
    // In the middle of its training.
    if (event !== 'progress' || !/^epoch/.test(message ?? '')) return;
    const pool = poolOf(command.pid!);
    if (pool > 0 && killed.length < 2) killed.push(taskId!);
    if (pool > 0) process.kill(pool, 'SIGKILL');
  });
  const { code, stdout, stderr } = await finished;
  assert.equal(code, 1, stderr);
  const { computed, failed } = JSON.parse(stdout) as Record<string, number>;
  assert.deepEqual([computed, failed], [1, 1]);
  assert.equal(new Set(killed).size, 1);
  const notes = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  const last = notes.findLast(({ event }) => event === 'note')!.message!;
  assert.match(
    last,
    new RegExp(
      `failed:\\n {2}${killed[0]} {2}icons_nature .*: WORKER_CRASHED: the process that computes ended twice`,
    ),
  );
  assert.match(last, /to try them again: npx coop-bench bench fewshot --datasets icons_nature/);

  const again = await run(args);
  assert.equal(again.code, 0, again.stderr);
  const counts = JSON.parse(again.stdout) as Record<string, number>;
  assert.deepEqual([counts.computed, counts.reused, counts.failed], [1, 1, 0]);
});

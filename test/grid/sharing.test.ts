import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FolderStatus } from '../../src/runner/index.ts';
import { type Finished, run, start, temporaryFolder } from './command.ts';

const METHODS = 'zeroshot,linear_probe,coop_m4_end';
const CELLS = 13;
const argsFor = (folder: string, out: string): string[] => [
  ...['bench', 'fewshot', '--datasets', 'icons_nature', '--methods', METHODS, '--shots', '1,2'],
  ...['--seeds', '1,2,3', '--views', '2', '--epochs', '10', '--workers', '1', '--json'],
  ...['--out', join(folder, out), '--cache', join(folder, 'cache')],
];

interface Counts {
  readonly computed: number;
  readonly elsewhere: number;
  readonly reused: number;
}
const countsOf = ({ stdout, stderr, code }: Finished): Counts => {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Counts;
};

const recordsIn = (out: string): string[] => {
  try {
    return readdirSync(join(out, 'records')).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
  } catch {
    return [];
  }
};

/** What must be the same whoever computed which cell. */
function results(out: string): Record<string, string> {
  const prompts = readdirSync(join(out, 'prompts')).sort();
  return Object.fromEntries(
    ['cells.csv', 'summary.csv', ...prompts.map((name) => join('prompts', name))].map((name) => [
      name,
      readFileSync(join(out, name), 'base64'),
    ]),
  );
}

async function statusOf(out: string): Promise<FolderStatus> {
  const { code, stdout, stderr } = await run(['status', out, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as FolderStatus;
}

test('runs that share a folder divide its cells, take over what a killed one had, and end in the same bytes', async (t) => {
  const folder = temporaryFolder(t);
  const [alone, shared] = [join(folder, 'alone'), join(folder, 'shared')];
  // Started together with an empty cache, in a folder that is not there yet.
  const both = await Promise.all([1, 2].map(() => run(argsFor(folder, 'shared')).then(countsOf)));
  assert.equal(
    both.reduce((sum, { computed }) => sum + computed, 0),
    CELLS,
    'each cell is computed once',
  );
  for (const { computed, elsewhere, reused } of both) assert.equal(computed + elsewhere + reused, CELLS);
  assert.deepEqual(readdirSync(join(shared, 'claims')), []);
  assert.ok(!readdirSync(shared).includes('report.lock'));
  assert.equal(countsOf(await run(argsFor(folder, 'alone'))).computed, CELLS);
  assert.deepEqual(results(shared), results(alone));

  const killed = join(folder, 'killed');
  const [victim, survivor] = [start(argsFor(folder, 'killed')), start(argsFor(folder, 'killed'))];
  const claimsOfVictim = (): string[] => {
    const claims = join(killed, 'claims');
    try {
      return readdirSync(claims).filter((name) => {
        if (!/^[0-9a-f]{32}$/.test(name)) return false;
        return (
          (JSON.parse(readFileSync(join(claims, name), 'utf8')) as { pid: number }).pid === victim.process.pid
        );
      });
    } catch {
      return [];
    }
  };
  while (claimsOfVictim().length === 0 && victim.process.exitCode === null) await sleep(2);
  victim.process.kill('SIGKILL');
  await victim.finished;
  // It stands still while it is looked at: its few cells could be done meanwhile.
  survivor.process.kill('SIGSTOP');
  const during = await statusOf(killed);
  survivor.process.kill('SIGCONT');
  assert.deepEqual([during.alive, during.cells.total], [true, CELLS]);
  assert.deepEqual(during.runs.map(({ state }) => state).sort(), ['killed', 'running']);
  const { computed, elsewhere } = countsOf(await survivor.finished);
  assert.equal(computed + elsewhere, CELLS);
  assert.deepEqual(results(killed), results(alone));
  const after = await statusOf(killed);
  assert.deepEqual(after.cells, { total: CELLS, done: CELLS, failed: 0, running: 0, left: 0 });
  assert.deepEqual(
    [after.alive, after.runs.map(({ state }) => state).sort()],
    [false, ['finished', 'killed']],
  );
  assert.equal(recordsIn(killed).length, CELLS);
  const log = readFileSync(after.runs.find(({ state }) => state === 'finished')!.log, 'utf8');
  assert.match(log, /npx coop-bench bench fewshot .*\n(.*\n)*.* done [0-9a-f]{32} \(icons_nature · /);
});

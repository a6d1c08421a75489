import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../runner/helpers.ts';
import { start, temporaryFolder } from './command.ts';

test('a cell that crashes the process that computes each time is tried twice, the second time alone, and fails', async (t) => {
  const folder = temporaryFolder(t);
  const journal = join(folder, 'journal');
  const { finished } = start(
    [
      ...['bench', 'fewshot', '--datasets', 'icons_nature', '--methods', 'zeroshot,linear_probe,coop_m4_end'],
      ...['--shots', '1', '--seeds', '1,2', '--views', '1', '--epochs', '60', '--limit', '20'],
      ...['--out', join(folder, 'out'), '--cache', join(folder, 'cache'), '--json', '--workers', '2'],
    ],
    { NODE_OPTIONS: `--import ${fixture('poison.mjs')}`, POISONED: 'pool', POISON_JOURNAL: journal },
  );
  const { code, stdout, stderr } = await finished;
  assert.equal(code, 1, stderr);
  // Both of CoOp's cells are one task: they are trained together.
  const { computed, failed } = JSON.parse(stdout) as Record<string, number>;
  assert.deepEqual([computed, failed], [3, 2], stderr);
  const deaths = readFileSync(journal, 'utf8').trim().split('\n');
  assert.equal(deaths.length, 2);
  assert.equal(deaths[1], '1', 'alone');
  assert.match(stderr, /WORKER_CRASHED: the process that computes ended twice.*killed by SIGSEGV/);
  const cells = readFileSync(join(folder, 'out', 'cells.csv'), 'utf8');
  assert.equal(cells.match(/,coop_m4_end,.*,failed,WORKER_CRASHED$/gm)?.length, 2, cells);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../runner/helpers.ts';
import { Program, temporaryFolder } from './programs.ts';
import { NO_REDIS, RedisServer } from './redis.ts';

const GRID = [
  ...['bench', 'fewshot', '--datasets', 'icons_nature', '--methods', 'linear_probe,coop_m4_end'],
  ...['--shots', '1', '--seeds', '1', '--views', '1', '--epochs', '60', '--limit', '20', '--json'],
];

/** Runs the grid with workers that are started again when they die of CoOp's cell. */
async function poisonedGrid(t: Parameters<typeof temporaryFolder>[0], poisoned: 'pool' | 'worker') {
  const folder = temporaryFolder(t);
  const redis = await RedisServer.start(t, folder);
  const journal = join(folder, 'journal');
  const bench = new Program(t, [...GRID, '--out', join(folder, 'out'), '--queue', redis.url]);
  let over = false;
  void bench.ended.then(() => {
    over = true;
  });
  const workers: Program[] = [];
  while (!over) {
    const worker = new Program(
      t,
      [
        ...['worker', '--queue', redis.url, '--workers', '2', '--lease', '2', '--idle', '8'],
        ...['--cache', join(folder, 'cache')],
      ],
      { NODE_OPTIONS: `--import ${fixture('poison.mjs')}`, POISONED: poisoned, POISON_JOURNAL: journal },
    );
    workers.push(worker);
    await worker.ended;
  }
  assert.equal(await bench.ended, 1, bench.stderr);
  const { computed, failed } = JSON.parse(bench.stdout) as Record<string, number>;
  assert.deepEqual([computed, failed], [1, 1], bench.stderr);
  /** How many jobs a process had, each time it died. */
  const deaths = readFileSync(journal, 'utf8').trim().split('\n').map(Number);
  return { bench, workers, deaths, cells: readFileSync(join(folder, 'out', 'cells.csv'), 'utf8') };
}

test('a job that crashes the process that computes is tried twice by its worker, which goes on', {
  skip: NO_REDIS,
}, async (t) => {
  const { bench, workers, deaths, cells } = await poisonedGrid(t, 'pool');
  assert.equal(deaths.length, 2);
  assert.equal(deaths[1], 1, 'alone');
  assert.equal(await workers[0]!.ended, 0, workers[0]!.stderr);
  assert.match(bench.stderr, /WORKER_CRASHED: the process that computes ended twice.*killed by SIGSEGV/);
  assert.match(cells, /,coop_m4_end,.*,failed,WORKER_CRASHED$/m);
});

test('a job that kills whole workers is given to three, to the last alone, and fails', {
  skip: NO_REDIS,
}, async (t) => {
  const { bench, workers, deaths, cells } = await poisonedGrid(t, 'worker');
  assert.equal(deaths.length, 3);
  assert.equal(deaths[2], 1, 'alone');
  assert.equal(workers.filter(({ process: { signalCode } }) => signalCode === 'SIGSEGV').length, 3);
  assert.match(bench.stderr, /WORKER_LOST: 3 workers that computed this were not heard of again/);
  assert.match(cells, /,coop_m4_end,.*,failed,WORKER_LOST$/m);
});

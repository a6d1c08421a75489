import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program, temporaryFolder } from './programs.ts';
import { NO_REDIS, RedisServer } from './redis.ts';

const GRID = [
  ...['bench', 'fewshot', '--datasets', 'icons_nature', '--shots', '1,2', '--seeds', '1,2'],
  ...['--views', '2', '--epochs', '12', '--json'],
];
const CELLS = 9;

const promptsIn = (out: string): Map<string, Buffer> => {
  const folder = join(out, 'prompts');
  return new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
};

test('three workers, one killed in a cell and the queue killed once, give what one machine gives', {
  skip: NO_REDIS,
}, async (t) => {
  const folder = temporaryFolder(t);
  const redis = await RedisServer.start(t, folder);
  const places = (name: string) => ['--out', join(folder, name), '--cache', join(folder, `${name}-cache`)];
  const local = new Program(t, [...GRID, ...places('local')]);
  assert.equal(await local.ended, 0, local.stderr);

  const bench = new Program(t, [...GRID, ...places('queue'), '--queue', redis.url]);
  const workers = [1, 2, 3].map(
    (i) =>
      new Program(t, [
        ...['worker', '--queue', redis.url, '--workers', '1', '--lease', '3'],
        ...['--cache', join(folder, `worker-${i}`)],
      ]),
  );
  // The first that computes dies at it; its job comes to another.
  const [victim, label] = await Promise.race(
    workers.map(async (worker) => [worker, (await worker.says(/^computing (.*)$/m))[1]!] as const),
  );
  victim.process.kill('SIGKILL');
  const others = workers.filter((worker) => worker !== victim);
  const again = new RegExp(`^computing ${label.replaceAll(/[()|+.]/g, '\\$&')}$`, 'm');
  await Promise.race(others.map((worker) => worker.says(again)));

  await redis.kill();
  await bench.says(/lost the queue at redis:\/\/127\.0\.0\.1:\d+; trying again for 600 s/);
  await sleep(500);
  await redis.start();
  assert.equal(await bench.ended, 0, bench.stderr);
  assert.match(bench.stderr, /the queue is back after \d+ s/);
  assert.match(bench.stderr, / · [23] workers/);
  const { computed, failed } = JSON.parse(bench.stdout) as { computed: number; failed: number };
  assert.deepEqual([computed, failed], [CELLS, 0]);

  for (const table of ['cells.csv', 'summary.csv']) {
    const [here, there] = ['local', 'queue'].map((name) => readFileSync(join(folder, name, table), 'utf8'));
    assert.equal(there, here, table);
  }
  assert.deepEqual(promptsIn(join(folder, 'queue')), promptsIn(join(folder, 'local')));

  for (const worker of others) worker.process.kill('SIGTERM');
  assert.deepEqual(await Promise.all(others.map(({ ended }) => ended)), [130, 130]);
});

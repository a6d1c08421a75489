import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Program, temporaryFolder } from './programs.ts';
import { NO_REDIS, RedisServer } from './redis.ts';

/** Jobs: two linear probes, CoOp, zero-shot. */
const GRID = [
  ...['bench', 'fewshot', '--datasets', 'icons_nature', '--shots', '1', '--seeds', '1,2', '--views', '1'],
  ...['--methods', 'zeroshot,linear_probe', '--json'],
];
const JOBS = 3;

interface Counts {
  readonly computed: number;
  readonly reused: number;
  readonly failed: number;
}

const counts = ({ stdout }: Program): number[] => {
  const { computed, reused, failed } = JSON.parse(stdout) as Counts;
  return [computed, reused, failed];
};

test('two commands of one grid share its jobs; what kills its workers fails once; what is stopped goes on', {
  skip: NO_REDIS,
}, async (t) => {
  const folder = temporaryFolder(t);
  const redis = await RedisServer.start(t, folder);
  const client = new Redis(redis.url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  t.after(() => client.disconnect());
  await client.connect();
  const jobsInQueue = async (): Promise<string[]> =>
    (await client.keys('coop-bench:jobs:*:cells-*')).filter((name) => !name.endsWith(':lock'));
  const bench = (name: string, ...more: string[]): Program =>
    new Program(t, [...GRID, '--out', join(folder, name), '--queue', redis.url, ...more]);
  const worker = (...more: string[]): Program =>
    new Program(t, [
      'worker',
      '--queue',
      redis.url,
      '--workers',
      '1',
      '--cache',
      join(folder, 'cache'),
      ...more,
    ]);
  const allSubmitted = async (): Promise<void> => {
    while ((await jobsInQueue()).length < JOBS) await sleep(20);
  };

  // Both wait for the same three jobs, one of which has cost three workers already.
  const both = [bench('a'), bench('b')];
  await allSubmitted();
  while ((await client.zcard((await client.keys('coop-bench:commands:*'))[0]!)) < 2) await sleep(20);
  const jobs = await jobsInQueue();
  const data = await Promise.all(jobs.map((name) => client.hget(name, 'data')));
  const poisoned = jobs[data.findIndex((text) => text!.includes('"linear_probe"'))]!;
  await client.hset(poisoned, 'stc', 3);
  const first = worker('--idle', '8');
  assert.deepEqual(await Promise.all(both.map(({ ended }) => ended)), [1, 1]);
  assert.deepEqual(both.map(counts), [
    [2, 0, 1],
    [2, 0, 1],
  ]);
  assert.match(both[0]!.stderr, /WORKER_LOST: 3 workers that computed this were not heard of again/);
  const tables = ['a', 'b'].map((name) => readFileSync(join(folder, name, 'cells.csv'), 'utf8'));
  assert.equal(tables[0], tables[1]);
  assert.match(tables[0]!, /,failed,WORKER_LOST$/m);
  assert.equal(await first.ended, 0, first.stderr);
  assert.match(first.stderr, /worker ends after 3 jobs/);
  assert.equal(first.stderr.match(/^computing /gm)!.length, 2, 'each job once');

  // Stopped before any worker came: the queue is as it was.
  const stopped = bench('a');
  while ((await jobsInQueue()).length < 1) await sleep(20);
  stopped.process.kill('SIGINT');
  assert.equal(await stopped.ended, 130, stopped.stderr);
  assert.match(stopped.stderr, /1 jobs were taken back: nothing is left in the queue/);
  assert.deepEqual(await jobsInQueue(), []);

  // A worker that is told to stop gives its job to the next at once, long before its lease of 30 s.
  rmSync(join(folder, 'a', 'records'), { recursive: true });
  const again = bench('a');
  const leaving = worker();
  const [, label] = await leaving.says(/^computing (.*)$/m);
  const next = worker();
  await next.says(/^worker at/m);
  leaving.process.kill('SIGINT');
  assert.equal(await leaving.ended, 130, leaving.stderr);
  if (!leaving.stderr.includes(`done ${label}`)) assert.ok(leaving.stderr.includes(`gave back ${label}`));
  assert.equal(await again.ended, 0, again.stderr);
  assert.deepEqual(counts(again), [JOBS, 0, 0]);

  // Gone for good.
  rmSync(join(folder, 'a', 'records'), { recursive: true });
  next.process.kill('SIGINT');
  await next.ended;
  const waiting = bench('a', '--queue-wait', '1');
  const idle = worker('--queue-wait', '1');
  await Promise.all([allSubmitted(), idle.says(/^worker at/m)]);
  await redis.kill();
  for (const program of [waiting, idle]) {
    assert.equal(await program.ended, 1, program.stderr);
    assert.match(program.stderr, /error QUEUE_LOST: the queue at redis:\/\/127\.0\.0\.1:\d+\n/);
  }
});

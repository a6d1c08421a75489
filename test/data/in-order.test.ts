import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inOrder } from '../../src/data/index.ts';
import { limit } from '../../src/data/pictures/limit.ts';

test('things come in order however long each takes, and no more are made than may be held', async () => {
  let [making, most] = [0, 0];
  const given: number[] = [];
  const make = async (i: number) => {
    most = Math.max(most, ++making - given.length);
    await sleep((7 * i) % 5);
    return i;
  };
  for await (const i of inOrder(20, make, 3)) given.push(i);
  assert.deepEqual(
    given,
    Array.from({ length: 20 }, (_, i) => i),
  );
  // The one that is given, and three ahead.
  assert.equal(most, 4);
});

test('a failure is thrown in its turn, after the things before it, when nothing is being made any more', async () => {
  let making = 0;
  const make = async (i: number) => {
    making += 1;
    await sleep(i === 1 ? 0 : 10);
    making -= 1;
    if (i === 1) throw new Error('the second');
    return i;
  };
  const given: number[] = [];
  await assert.rejects(async () => {
    for await (const i of inOrder(9, make, 5)) given.push(i);
  }, /the second/);
  assert.deepEqual([given, making], [[0], 0]);
});

test('a caller that stops early waits for what is being made', async () => {
  let [started, ended] = [0, 0];
  const make = async (i: number) => {
    started += 1;
    await sleep(5);
    ended += 1;
    return i;
  };
  for await (const i of inOrder(100, make, 2)) if (i === 1) break;
  assert.deepEqual([started, ended], [4, 4]);
});

test('a gate lets so many through at once, in the order they came, also past a failure', async () => {
  const gate = limit(2);
  let [running, most] = [0, 0];
  const started: number[] = [];
  const outcomes = await Promise.allSettled(
    Array.from({ length: 9 }, (_, i) =>
      gate(async () => {
        started.push(i);
        most = Math.max(most, ++running);
        await sleep(2);
        running -= 1;
        if (i === 3) throw new Error('the fourth');
        return i;
      }),
    ),
  );
  assert.equal(most, 2);
  assert.deepEqual(started, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(
    outcomes.map(({ status }) => status === 'fulfilled'),
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => i !== 3),
  );
});

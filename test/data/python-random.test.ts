import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PythonRandom } from '../../src/data/random/python-random.ts';

const folder = new URL('../fixtures/random/', import.meta.url);

interface Answers {
  readonly seed: string;
  readonly random: number[];
  readonly getrandbits: number[];
  readonly randrange: number[];
  readonly randint: number[];
  readonly choice: string[];
  readonly samplePool: number[];
  readonly sampleSet: number[];
  readonly sampleFew: number[];
  readonly samplePool6: number[];
  readonly sampleSet6: number[];
  readonly shuffle: number[];
  readonly later: number;
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The draws of make.py, in its order. */
function ours(seed: string): Answers {
  const r = new PythonRandom(BigInt(seed));
  const random = range(3).map(() => r.random());
  const getrandbits = [1, 7, 31, 32, 33, 40, 53].map((k) => r.getrandbits(k));
  const randrange = [
    r.randrange(10),
    r.randrange(3, 1000, 7),
    r.randrange(-5, 5),
    r.randrange(10, 0, -3),
    r.randrange(2 ** 40),
  ];
  const randint = range(5).map(() => r.randint(1, 6));
  const choice = range(5).map(() => r.choice([...'abcdefg']));
  const samplePool = r.sample(range(20), 16);
  const sampleSet = r.sample(range(1000), 16);
  const sampleFew = r.sample(range(22), 5);
  const samplePool6 = r.sample(range(85), 6);
  const sampleSet6 = r.sample(range(86), 6);
  const shuffle = range(30);
  r.shuffle(shuffle);
  for (let i = 0; i < 2000; i += 1) r.random();
  const later = r.random();
  return {
    seed,
    random,
    getrandbits,
    randrange,
    randint,
    choice,
    samplePool,
    sampleSet,
    sampleFew,
    samplePool6,
    sampleSet6,
    shuffle,
    later,
  };
}

describe('PythonRandom', () => {
  // Made by CPython 3.11.7 itself with fixtures/random/make.py.
  const golden: Answers[] = JSON.parse(readFileSync(new URL('cpython.json', folder), 'utf8'));
  for (const expected of golden) {
    it(`answers as CPython for seed ${expected.seed}`, () => {
      assert.deepEqual(ours(expected.seed), expected);
    });
  }

  it('agrees with the python3 of this machine', (t) => {
    const made = spawnSync('python3', [fileURLToPath(new URL('make.py', folder))], { encoding: 'utf8' });
    if (made.status !== 0) return t.skip('no python3 here');
    assert.deepEqual(
      JSON.parse(made.stdout).map((answers: Answers) => ours(answers.seed)),
      JSON.parse(made.stdout),
    );
  });

  it('takes a number or a bigint for the same seed', () => {
    assert.equal(new PythonRandom(42).random(), new PythonRandom(42n).random());
  });

  it('starts afresh in every instance', () => {
    const first = new PythonRandom(5);
    first.random();
    // random.Random(5).random() in CPython.
    assert.equal(new PythonRandom(5).random(), 0.6229016948897019);
  });

  it('refuses what it cannot answer as CPython would', () => {
    const r = new PythonRandom(1);
    assert.throws(() => new PythonRandom(1.5), RangeError);
    assert.throws(() => r.getrandbits(54), RangeError);
    assert.throws(() => r.sample([1, 2], 3), RangeError);
    assert.throws(() => r.randrange(0), RangeError);
    assert.throws(() => r.randrange(0, 5, 0), RangeError);
    assert.throws(() => r.choice([]), RangeError);
    assert.deepEqual(r.sample([], 0), []);
  });
});

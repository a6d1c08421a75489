import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { UserError } from '../../src/config/errors.ts';
import type { Datum } from '../../src/data/dataset.ts';
import { drawFewShot } from '../../src/data/draw/few-shot.ts';

type Runs = readonly (readonly [label: number, count: number])[];
interface Fixture {
  readonly key: string;
  readonly train: Runs;
  readonly val: Runs;
  readonly draws: readonly { shots: number; seed: number; train: number[]; val: number[] }[];
}

/** Pictures named by their index in the list. */
function fromRuns(runs: Runs): Datum[] {
  const labels = runs.flatMap(([label, count]) => new Array<number>(count).fill(label));
  return labels.map((label, i) => ({ picture: { kind: 'file', folder: '', name: `${i}` }, label }));
}

const indices = (drawn: readonly Datum[]) => drawn.map((datum) => Number(datum.picture.name));

describe('drawFewShot against the published few-shot sets of CoOp', () => {
  // Label sequences and indices behind the published paths; fixtures/fewshot/make.ts checked their SHA-256.
  const path = new URL('../fixtures/fewshot/draws.json', import.meta.url);
  const fixtures: Fixture[] = JSON.parse(readFileSync(path, 'utf8'));
  assert.equal(fixtures.length, 7);
  for (const { key, train, val, draws } of fixtures) {
    it(`draws the same pictures in the same order from ${key}`, () => {
      const dataset = { key, train: fromRuns(train), val: fromRuns(val) };
      assert.equal(draws.length, 10);
      for (const expected of draws) {
        const drawn = drawFewShot(dataset, expected.shots, expected.seed);
        assert.deepEqual(indices(drawn.train), expected.train);
        assert.deepEqual(indices(drawn.val), expected.val);
      }
    });
  }
});

describe('drawFewShot', () => {
  const small = {
    key: 'small',
    train: fromRuns([
      [3, 2],
      [0, 5],
      [3, 1],
    ]),
    val: fromRuns([[0, 6]]),
  };

  it('gives all pictures of a class that has too few, in order, without a random number', () => {
    const drawn = drawFewShot(small, 5, 1);
    // Label 3 comes first and is short; label 0 has exactly five: python3 -c
    // "import random; r = random.Random(1); print(r.sample([2,3,4,5,6], 5), r.sample(range(6), 4))"
    assert.deepEqual(indices(drawn.train), [0, 1, 7, 3, 2, 6, 5, 4]);
    assert.deepEqual(indices(drawn.val), [3, 5, 4, 0]);
  });

  it('draws validation pictures from what is left of train where there is no list, by the same generator', () => {
    const { train, val, valFrom } = drawFewShot({ ...small, val: [] }, 2, 1);
    // python3 -c "import random; r = random.Random(1); t = [r.sample([0,1,7],2), r.sample(range(2,7),2)]; print(t)
    // print([x for x in [0,1,7] if x not in t[0]], r.sample([x for x in range(2,7) if x not in t[1]], 2))"
    assert.deepEqual(indices(train), [0, 7, 4, 2]);
    assert.deepEqual(indices(val), [1, 5, 6]);
    assert.equal(valFrom, 'train');
  });

  it('takes seed 0 for a seed of its own', () => {
    const zero = drawFewShot(small, 2, 0);
    assert.notDeepEqual(indices(zero.train), indices(drawFewShot(small, 2, 1).train));
  });

  it('gives everything, in order, where no class has so many pictures', () => {
    assert.deepEqual(indices(drawFewShot(small, 6, 1).train), [0, 1, 7, 2, 3, 4, 5, 6]);
  });

  it('refuses a shot count that is no count', () => {
    const code = (expected: string) => (error: unknown) =>
      error instanceof UserError && error.code === expected && error.message.includes('small');
    assert.throws(() => drawFewShot(small, 0, 1), code('BAD_SHOTS'));
    assert.throws(() => drawFewShot(small, 1.5, 1), code('BAD_SHOTS'));
  });
});

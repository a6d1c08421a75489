import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import type { Datum } from '../../src/data/dataset.ts';
import { drawFewShot } from '../../src/data/draw/few-shot.ts';
import { splitByFractions, splitTrainVal } from '../../src/data/splits/split-rules.ts';

/**
 * The rules in Python's own words: for each label in order of first appearance `sample`, or all where there are too
 * few; train, then val. Splits: one generator of seed 1 through the classes.
 */
const PROGRAM = `
import json, random, sys
from collections import OrderedDict

def groups(labels):
    found = OrderedDict()
    for index, label in enumerate(labels):
        found.setdefault(label, []).append(index)
    return found

def draw(found, shots, generator):
    drawn = []
    for items in found.values():
        drawn += generator.sample(items, shots) if len(items) >= shots else items
    return drawn

def few_shot(case):
    generator = random.Random()
    generator.seed(int(case["seed"]))
    shots = case["shots"]
    return [draw(groups(case["train"]), shots, generator), draw(groups(case["val"]), min(shots, 4), generator)]

def fractions(labels):
    generator = random.Random(1)
    train, val, test = [], [], []
    for items in groups(labels).values():
        generator.shuffle(items)
        a, b = round(len(items) * 0.5), round(len(items) * 0.2)
        train += items[:a]; val += items[a:a + b]; test += items[a + b:]
    return [train, val, test]

def trainval(labels):
    generator = random.Random(1)
    train, val = [], []
    for items in groups(labels).values():
        count = round(len(items) * 0.2)
        generator.shuffle(items)
        val += items[:count]; train += items[count:]
    return [train, val]

for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps({"draw": few_shot, "fractions": lambda c: fractions(c["train"]), "trainval": lambda c: trainval(c["train"])}[case["kind"]](case)))
`;

interface Case {
  readonly kind: 'draw' | 'fractions' | 'trainval';
  readonly seed: string;
  readonly shots: number;
  readonly train: readonly number[];
  readonly val: readonly number[];
}

const SEEDS = [
  '0',
  '1',
  '3',
  '17',
  '-5',
  '4294967296',
  '18446744073709551617',
  '-123456789012345678901234567890',
];

/** Labels in no order; `i` varies how many classes, and how large. */
function labels(i: number, atLeast: number): number[] {
  const counts = Array.from({ length: 3 + (i % 7) }, (_, label) => atLeast + ((label * 13 + i * 5) % 40));
  const rows = counts.flatMap((count, label) => new Array<number>(count).fill(label));
  // Interleaved by a stride that has no common factor with the length.
  const stride = [7, 11, 13, 17].find((step) => rows.length % step !== 0) as number;
  return rows.map((_, k) => rows[(k * stride) % rows.length] as number);
}

const cases: readonly Case[] = [
  ...SEEDS.flatMap((seed, i) =>
    [1, 2, 3, 5, 16, 21, 30, 64].map((shots) => ({
      kind: 'draw' as const,
      seed,
      shots,
      train: labels(i, 1),
      val: labels(i + 3, 1),
    })),
  ),
  ...Array.from({ length: 12 }, (_, i) => ({
    kind: i % 2 === 0 ? ('fractions' as const) : ('trainval' as const),
    seed: '1',
    shots: 1,
    train: labels(i, 4),
    val: [],
  })),
];

const data = (sequence: readonly number[]): Datum[] =>
  sequence.map((label, i) => ({ picture: { kind: 'file', folder: '', name: String(i) }, label }));
const indices = (drawn: readonly Datum[]): number[] => drawn.map(({ picture }) => Number(picture.name));

function answer({ kind, seed, shots, train, val }: Case): number[][] {
  if (kind === 'draw') {
    const drawn = drawFewShot({ key: 'case', train: data(train), val: data(val) }, shots, BigInt(seed));
    return [indices(drawn.train), indices(drawn.val)];
  }
  const items = data(train);
  if (kind === 'trainval') {
    const parts = splitTrainVal(items, ({ label }) => label, 'case', String);
    return [indices(parts.train), indices(parts.val)];
  }
  const byLabel = new Map<number, Datum[]>();
  for (const item of items) byLabel.set(item.label, [...(byLabel.get(item.label) ?? []), item]);
  const parts = splitByFractions([...byLabel.values()], 'case');
  return [indices(parts.train), indices(parts.val), indices(parts.test)];
}

describe('draws and splits against the python3 of this machine', () => {
  it(`agree in ${cases.length} cases: seeds of any size, many shot counts, both rules of splitting`, (t) => {
    const input = cases.map((one) => `${JSON.stringify(one)}\n`).join('');
    const made = spawnSync('python3', ['-c', PROGRAM], { input, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (made.error) return t.skip('no python3 here');
    assert.equal(made.status, 0, made.stderr);
    const expected = made.stdout.trimEnd().split('\n');
    assert.equal(expected.length, cases.length);
    for (const [i, one] of cases.entries()) {
      assert.deepEqual(
        answer(one),
        JSON.parse(expected[i]!),
        `${one.kind}, seed ${one.seed}, ${one.shots} shots`,
      );
    }
  });
});

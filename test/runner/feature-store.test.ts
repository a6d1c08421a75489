import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type DamagedShard, FeatureStore, featureKeys } from '../../src/runner/index.ts';
import { KeyIndex } from '../../src/runner/key-index.ts';
import { fixture, temporaryFolder } from './helpers.ts';

const key = (i: number): string => createHash('md5').update(String(i)).digest('hex');
const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => key(from + i));
/** Row i holds i, i + 0.5, … */
const rows = (numbers: readonly number[], dim: number): Float32Array =>
  Float32Array.from(numbers.flatMap((n) => Array.from({ length: dim }, (_, d) => n + d / 2)));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** The only shard file of a store. */
function onlyShard(store: FeatureStore): string {
  const names = readdirSync(store.folder).filter((name) => name.endsWith('.features'));
  assert.equal(names.length, 1);
  return join(store.folder, names[0]);
}

test('features are read back in any order, repeated or not, here and in another store', (t) => {
  const dir = temporaryFolder(t);
  const writer = FeatureStore.open(dir, 'clip', 3);
  assert.deepEqual(writer.missing([key(1), key(0), key(1)]), [key(1), key(0)]);
  writer.append(keys(0, 10), rows(range(0, 10), 3));
  writer.append(keys(10, 15), rows(range(10, 15), 3));
  const wanted = [14, 0, 9, 3, 3, 10, 2];
  for (const store of [writer, FeatureStore.open(dir, 'clip', 3)]) {
    assert.deepEqual(store.read(wanted.map(key)), rows(wanted, 3));
    assert.deepEqual(store.missing(keys(12, 17)), keys(15, 17));
    assert.equal(store.has(key(16)), false);
  }
  assert.throws(() => writer.read([key(99)]), /feature .* is not in/);
  assert.equal(FeatureStore.open(dir, 'other', 3).has(key(0)), false);
});

test('any selection of any shards equals a plain Map', (t) => {
  const dir = temporaryFolder(t);
  const dim = 700;
  const store = FeatureStore.open(dir, 'clip', dim);
  for (const [from, to] of [
    [0, 1],
    [1, 40],
    [40, 200],
  ])
    store.append(keys(from, to), rows(range(from, to), dim));
  const again = FeatureStore.open(dir, 'clip', dim);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 199 }), { maxLength: 60 }), (wanted) => {
      assert.deepEqual(again.read(wanted.map(key)), rows(wanted, dim));
    }),
    { numRuns: 50 },
  );
});

test('a store sees what others wrote after refresh', (t) => {
  const dir = temporaryFolder(t);
  const [a, b] = [FeatureStore.open(dir, 'clip', 2), FeatureStore.open(dir, 'clip', 2)];
  a.append(keys(0, 3), rows(range(0, 3), 2));
  assert.deepEqual(b.missing(keys(0, 3)), keys(0, 3));
  b.refresh();
  assert.deepEqual(b.read(keys(0, 3)), rows(range(0, 3), 2));
});

test('a damaged shard is reported once, and its features are missing and can be written again', (t) => {
  const damages: readonly [string, (path: string) => void, RegExp][] = [
    ['cut', (path) => truncateSync(path, 200), /has 200 bytes, expected/],
    ['empty', (path) => truncateSync(path, 0), /ends at byte 0/],
    ['another file', (path) => writeFileSync(path, 'x'.repeat(1000)), /not a feature shard/],
    ['a bit of a key', (path) => flip(path, 'keys'), /keys have changed/],
    ['a bit of a feature', (path) => flip(path, 'features'), /features have changed/],
    ['a bit of the header', (path) => flip(path, 'header'), /header is damaged/],
  ];
  for (const [what, damage, reason] of damages) {
    const dir = temporaryFolder(t);
    const writer = FeatureStore.open(dir, 'clip', 4);
    writer.append(keys(0, 20), rows(range(0, 20), 4));
    damage(onlyShard(writer));
    writer.append(keys(20, 30), rows(range(20, 30), 4));
    const reports: DamagedShard[] = [];
    const open = (): FeatureStore => FeatureStore.open(dir, 'clip', 4, (damaged) => reports.push(damaged));
    const store = open();
    assert.deepEqual(store.missing(keys(0, 30)), keys(0, 20), what);
    assert.equal(reports.length, 1, what);
    assert.match(reports[0].reason, reason, what);
    store.append(keys(0, 20), rows(range(0, 20), 4));
    assert.deepEqual(store.read(keys(0, 30)), rows(range(0, 30), 4), what);
    assert.deepEqual(open().missing(keys(0, 30)), [], what);
    assert.equal(reports.length, 1, what);
  }
});

/** Flips one bit in a part of a shard of 20 features of 4 numbers. */
function flip(path: string, part: 'header' | 'keys' | 'features'): void {
  const bytes = readFileSync(path);
  const fromEnd = { features: 4 * 4 * 5, keys: 4 * 4 * 20 + 16 * 7, header: 4 * 4 * 20 + 16 * 20 + 60 }[part];
  bytes[bytes.length - fromEnd] ^= 0x40;
  writeFileSync(path, bytes);
}

test('a shard that goes away while it is used is an error that names it, then missing', (t) => {
  const dir = temporaryFolder(t);
  const store = FeatureStore.open(dir, 'clip', 2);
  store.append(keys(0, 3), rows(range(0, 3), 2));
  assert.equal(store.has(key(0)), true);
  rmSync(onlyShard(store));
  assert.throws(() => store.read(keys(0, 3)), { code: 'FEATURE_SHARD_DAMAGED', message: /the file is gone/ });
  assert.deepEqual(store.missing(keys(0, 3)), keys(0, 3));
});

test('a wrong dimension, a bad key and a wrong count are our own bugs and touch no file', (t) => {
  const dir = temporaryFolder(t);
  const store = FeatureStore.open(dir, 'clip', 2);
  store.append(keys(0, 3), rows(range(0, 3), 2));
  assert.throws(() => FeatureStore.open(dir, 'clip', 3), /internal: .* holds features of 2 numbers, not 3/);
  assert.throws(() => store.has('ABC'), /32 hexadecimal characters, not 'ABC'/);
  assert.throws(() => store.append(['xyz'], rows([1], 2)), /32 hexadecimal characters/);
  assert.throws(
    () => store.append(keys(0, 2), rows([1], 2)),
    /internal: 2 features of 2 numbers, but 2 numbers/,
  );
  assert.throws(() => FeatureStore.open(dir, '../clip', 2), /no name for a feature store/);
  assert.deepEqual(FeatureStore.open(dir, 'clip', 2).read(keys(0, 3)), rows(range(0, 3), 2));
});

test('processes write at once, and one killed in the middle leaves only whole shards', async (t) => {
  const dir = temporaryFolder(t);
  const begin = (writer: number, times: number) =>
    spawn(
      process.execPath,
      [
        '--import',
        import.meta.resolve('tsx'),
        fileURLToPath(fixture('append-features.ts')),
        dir,
        `${writer}`,
        `${times}`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  const children = [begin(1, 20), begin(2, 20), begin(3, 1e9)];
  const ends = Promise.all(children.map((child) => once(child, 'exit')));
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const killed = children[2];
  await once(killed.stdout, 'data');
  setTimeout(() => killed.kill('SIGKILL'), 40);
  await ends;
  const reports: DamagedShard[] = [];
  const store = FeatureStore.open(dir, 'shared', 64, (damaged) => reports.push(damaged));
  for (const writer of [1, 2]) {
    const theirs = range(0, 1000).map((i) => `${writer}${i.toString(16).padStart(31, '0')}`);
    assert.deepEqual(store.missing(theirs), []);
    assert.ok(store.read(theirs).every((value) => value === writer));
  }
  assert.equal(store.has(`3${'0'.repeat(31)}`), true);
  assert.deepEqual(reports, []);
});

test('a hundred thousand features open quickly', (t) => {
  const dir = temporaryFolder(t);
  const all = keys(0, 100_000);
  FeatureStore.open(dir, 'clip', 128).append(all, new Float32Array(100_000 * 128).fill(1));
  const begun = performance.now();
  const store = FeatureStore.open(dir, 'clip', 128);
  const tookMs = performance.now() - begun;
  assert.ok(tookMs < 500, `${tookMs} ms`);
  assert.deepEqual(store.missing([...all.slice(0, 100), key(-1)]), [key(-1)]);
});

test('keys that differ in one bit are told apart', () => {
  const index = new KeyIndex();
  const words = Uint32Array.from({ length: 4 * 2000 }, (_, i) => (i % 4 === 3 ? i : 7));
  for (let i = 0; i < 2000; i++) assert.equal(index.findOrAdd(words, 4 * i), i);
  for (let i = 0; i < 2000; i++) assert.equal(index.findOrAdd(words, 4 * i), i);
  const hex = (n: number): string => n.toString(16).padStart(8, '0');
  assert.equal(index.find(`${hex(7)}${hex(7)}${hex(7)}${hex(4 * 1234 + 3)}`), 1234);
  assert.equal(index.find(`${hex(7)}${hex(7)}${hex(7)}${hex(4 * 1234 + 2)}`), -1);
});

test('the key of a feature depends on everything it was computed from', () => {
  const identity = {
    picture: 'aa',
    view: 'test-64',
    checkpoint: 'bb',
    engine: 'onnxruntime',
    device: 'cpu',
    precision: 'float32',
  };
  const keyOf = ({ picture, ...shared }: typeof identity) => featureKeys(shared)(picture);
  const all = new Set([keyOf(identity)]);
  for (const name of Object.keys(identity)) all.add(keyOf({ ...identity, [name]: 'other' }));
  assert.equal(all.size, 7);
  // printf '{"checkpoint":"bb",…}' | sha256sum
  assert.equal(keyOf(identity), 'cbc7b283b4da09224b0b08ee543d9862');
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../src/config/errors.ts';
import { ContentIndex } from '../../src/runner/content-index.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A folder with two pictures, and a cache. `later` is a clock at which they have settled. */
function place(t: { after(f: () => void): void }) {
  const root = mkdtempSync(join(tmpdir(), 'coop-bench-contents-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'pictures');
  mkdirSync(folder);
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  put('a.jpg', 'first');
  put('b é.jpg', 'second');
  const cache = join(root, 'cache');
  const later = () => Date.now() + 10_000;
  const picture = (name: string) => ({ kind: 'file', folder, name }) as const;
  return { folder, cache, put, later, picture, shards: join(cache, 'contents') };
}

/** The files of the only picture folder. */
function shardsIn(shards: string): string[] {
  const [folder] = readdirSync(shards);
  return readdirSync(join(shards, folder!)).map((name) => join(shards, folder!, name));
}

test('a hash is that of the bytes, and is remembered by another process', (t) => {
  const { cache, folder, later, picture, shards } = place(t);
  const first = new ContentIndex(cache, folder, later);
  assert.equal(first.keyOf(picture('a.jpg')), sha256('first'));
  assert.equal(first.keyOf(picture('b é.jpg')), sha256('second'));
  first.flush();
  first.flush();
  assert.equal(shardsIn(shards).length, 1);
  const other = new ContentIndex(cache, folder, later);
  assert.equal(other.keyOf(picture('b é.jpg')), sha256('second'));
  other.flush();
  assert.equal(shardsIn(shards).length, 1, 'nothing new was learned');
});

test('what stands in the index is believed, and the file not read', (t) => {
  const { cache, folder, later, picture, shards } = place(t);
  const first = new ContentIndex(cache, folder, later);
  first.keyOf(picture('a.jpg'));
  first.flush();
  const [shard] = shardsIn(shards);
  const stats = statSync(join(folder, 'a.jpg'), { bigint: true });
  const body = `${'0'.repeat(64)}\t${stats.size} ${stats.ino} ${stats.mtimeNs} ${stats.ctimeNs}\t"a.jpg"\n`;
  writeFileSync(shard!, `coop-bench contents 1 ${sha256(body)}\n${body}`);
  assert.equal(new ContentIndex(cache, folder, later).keyOf(picture('a.jpg')), '0'.repeat(64));
});

test('a file that changed is hashed again, whatever its size and time', (t) => {
  const { cache, folder, put, later, picture } = place(t);
  const index = new ContentIndex(cache, folder, later);
  index.keyOf(picture('a.jpg'));
  index.flush();
  const { atime, mtime } = statSync(join(folder, 'a.jpg'));
  put('a.jpg', 'FIRST');
  utimesSync(join(folder, 'a.jpg'), atime, mtime);
  assert.equal(index.keyOf(picture('a.jpg')), sha256('FIRST'));
  index.flush();
  assert.equal(new ContentIndex(cache, folder, later).keyOf(picture('a.jpg')), sha256('FIRST'));
});

test('a file that was just written is not remembered: it may be written again within its time', (t) => {
  const { cache, folder, picture } = place(t);
  const index = new ContentIndex(cache, folder);
  assert.equal(index.keyOf(picture('a.jpg')), sha256('first'));
  index.flush();
  assert.throws(() => readdirSync(join(cache, 'contents')), { code: 'ENOENT' });
});

test('two that learn at once both keep what they learned', (t) => {
  const { cache, folder, later, picture, shards } = place(t);
  const [one, two] = [new ContentIndex(cache, folder, later), new ContentIndex(cache, folder, later)];
  one.keyOf(picture('a.jpg'));
  two.keyOf(picture('b é.jpg'));
  one.flush();
  two.flush();
  const third = new ContentIndex(cache, folder, later);
  third.keyOf(picture('a.jpg'));
  third.keyOf(picture('b é.jpg'));
  third.flush();
  assert.equal(shardsIn(shards).length, 2);
});

test('a damaged shard, and a cache that cannot be written, cost time and nothing else', (t) => {
  const { cache, folder, later, picture, shards } = place(t);
  const index = new ContentIndex(cache, folder, later);
  index.keyOf(picture('a.jpg'));
  index.flush();
  const [shard] = shardsIn(shards);
  appendFileSync(shard!, 'more\n');
  assert.equal(new ContentIndex(cache, folder, later).keyOf(picture('a.jpg')), sha256('first'));
  writeFileSync(join(folder, 'file'), '');
  const nowhere = new ContentIndex(join(folder, 'file'), folder, later);
  assert.equal(nowhere.keyOf(picture('a.jpg')), sha256('first'));
  nowhere.flush();
});

test('a picture that is missing or a folder is refused as ever', (t) => {
  const { cache, folder, later, picture } = place(t);
  const index = new ContentIndex(cache, folder, later);
  mkdirSync(join(folder, 'c.jpg'));
  for (const [name, code] of [
    ['gone.jpg', 'PICTURE_MISSING'],
    ['c.jpg', 'PICTURE_UNREADABLE'],
  ] as const) {
    assert.throws(
      () => index.keyOf(picture(name)),
      (error) => error instanceof UserError && error.code === code,
    );
  }
});

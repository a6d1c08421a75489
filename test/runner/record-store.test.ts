import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CellRecord } from '../../src/config/index.ts';
import { explainDiskError } from '../../src/files/index.ts';
import { RecordStore } from '../../src/runner/index.ts';
import { exampleRecord, fixture, temporaryFolder } from './helpers.ts';

test('a record is read back as it was written, numbers in full precision', async (t) => {
  const store = new RecordStore(temporaryFolder(t));
  store.prepare();
  const record = exampleRecord(1);
  await store.write(record);
  assert.deepEqual(store.read(record.key), { state: 'complete', record });
  assert.deepEqual(readdirSync(store.folder), [`${record.key}.json`]);
  const onDisk = JSON.parse(readFileSync(store.pathOf(record.key), 'utf8'));
  assert.equal(onDisk.result.scores[0].accuracy, 0.3333333333333333);
  assert.equal(onDisk.result.details.lossPerEpoch[1], 0.30000000000000004);
});

test('a survey tells what is done, failed, missing and damaged', async (t) => {
  const store = new RecordStore(temporaryFolder(t));
  const before = store.survey([exampleRecord(1).key]);
  assert.deepEqual(before.missing, [exampleRecord(1).key]);
  store.prepare();
  const ok = exampleRecord(1);
  const { result: _, ...rest } = exampleRecord(2);
  const failed: CellRecord = {
    ...rest,
    status: 'failed',
    error: { code: 'PICTURE_UNREADABLE', message: 'cat.jpg' },
  };
  const cut = exampleRecord(3);
  await store.write(ok);
  await store.write(failed);
  await store.write(cut);
  writeFileSync(store.pathOf(cut.key), readFileSync(store.pathOf(cut.key)).subarray(0, 200));
  const survey = store.survey([ok, failed, cut, exampleRecord(4)].map((record) => record.key));
  assert.deepEqual(survey.ok, [ok]);
  assert.deepEqual(survey.failed, [failed]);
  assert.deepEqual(survey.missing, [exampleRecord(4).key]);
  assert.equal(survey.damaged.length, 1);
  assert.match(survey.damaged[0].reason, /cut off/);
  await store.write(cut);
  assert.equal(store.read(cut.key).state, 'complete');
});

test('what is no record of the key counts as damaged, with the reason', (t) => {
  const store = new RecordStore(temporaryFolder(t));
  store.prepare();
  const record = exampleRecord(1);
  const other = exampleRecord(2);
  const text = (changes: object): string => JSON.stringify({ ...record, ...changes });
  const cases: readonly [string, RegExp][] = [
    ['', /empty/],
    ['\0\0\0\0', /not JSON/],
    ['[]', /expected object/],
    [text({ schemaVersion: 3 }), /schemaVersion/],
    [text({ result: { ...record.result, scores: [{ target: 'icons', accuracy: 1.5 }] } }), /accuracy/],
    [JSON.stringify(other), new RegExp(other.key)],
    [text({ cell: other.cell }), /its cell has the key/],
  ];
  for (const [content, reason] of cases) {
    writeFileSync(store.pathOf(record.key), content);
    const read = store.read(record.key);
    assert.equal(read.state, 'damaged', content);
    assert.match(read.state === 'damaged' ? read.reason : '', reason);
  }
});

test('fields of a later version stay in the record', async (t) => {
  const store = new RecordStore(temporaryFolder(t));
  store.prepare();
  const record = exampleRecord(1);
  const details = { ...record.result.details, novelty: [1, 2] };
  const later = { ...record, result: { ...record.result, details } };
  await store.write(later);
  assert.deepEqual(store.read(record.key), { state: 'complete', record: later });
});

test('a record with a NaN, or with another cell than its key says, is not written', async (t) => {
  const store = new RecordStore(temporaryFolder(t));
  store.prepare();
  const record = exampleRecord(1);
  const details = { lossPerEpoch: [1, Number.NaN] };
  await assert.rejects(
    store.write({ ...record, result: { ...record.result, details } }),
    /lossPerEpoch\[1\] is NaN/,
  );
  await assert.rejects(
    store.write({ ...record, key: exampleRecord(2).key }),
    /internal: .* its cell has the key/,
  );
  assert.deepEqual(readdirSync(store.folder), []);
});

test('a writer killed at any moment leaves only whole records', async (t) => {
  const out = temporaryFolder(t);
  const store = new RecordStore(out);
  const keys = [1, 2, 3, 4, 5].map((seed) => exampleRecord(seed).key);
  for (let round = 0; round < 6; round++) {
    const writer = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), fileURLToPath(fixture('write-records.ts')), out],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.after(() => writer.kill('SIGKILL'));
    await once(writer.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 7 * round));
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    assert.deepEqual(store.survey(keys).damaged, [], `round ${round}`);
  }
  assert.ok(store.survey(keys).ok.length > 0);
});

test('temporary files of killed writers go once they are old', (t) => {
  const store = new RecordStore(temporaryFolder(t));
  store.prepare();
  for (const name of ['.a.json.00.tmp', '.b.json.11.tmp']) writeFileSync(join(store.folder, name), '{');
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  utimesSync(join(store.folder, '.a.json.00.tmp'), longAgo, longAgo);
  store.prepare();
  assert.deepEqual(readdirSync(store.folder), ['.b.json.11.tmp']);
});

test('a disk that takes no more is told, and leaves nothing half-written', (t) => {
  const out = temporaryFolder(t);
  // A limit on the size of files makes the system refuse in the middle of a write, as a full disk does.
  const command = 'ulimit -f 64 && exec "$0" --import "$1" "$2" "$3"';
  const program = fileURLToPath(fixture('write-one-record.ts'));
  const limited = spawnSync(
    'bash',
    ['-c', command, process.execPath, import.meta.resolve('tsx'), program, out],
    { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  );
  assert.equal(limited.stdout, 'DISK_FULL\n', limited.stderr);
  assert.deepEqual(readdirSync(join(out, 'records')), []);
});

test('errors of the disk say what to do', { skip: !existsSync('/dev/full') && 'no /dev/full here' }, () => {
  try {
    writeFileSync('/dev/full', 'x');
    assert.fail('/dev/full took a byte');
  } catch (error) {
    const explained = explainDiskError('writing a record', 'out/x.json', error);
    assert.ok(explained instanceof Error);
    assert.match(explained.message, /out\/x\.json/);
    assert.match(explained.message, /free some space/);
    assert.match(explained.message, /ENOSPC/);
  }
});

test('a file where the folder should be is a request the user can correct', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'out'), '');
  assert.throws(() => new RecordStore(join(folder, 'out')).prepare(), { code: 'FOLDER_NOT_WRITABLE' });
});

test('a folder where a record should be is damage', async (t) => {
  const store = new RecordStore(temporaryFolder(t));
  store.prepare();
  const record = exampleRecord(1);
  mkdirSync(store.pathOf(record.key));
  assert.equal(store.read(record.key).state, 'damaged');
  await assert.rejects(store.write(record), { code: 'FOLDER_NOT_WRITABLE' });
  assert.deepEqual(readdirSync(store.folder), [`${record.key}.json`]);
});

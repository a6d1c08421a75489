import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { acquireRunLock } from '../../src/runner/index.ts';
import { fixture, temporaryFolder } from './helpers.ts';

/** A process that takes the lock; resolves with its first line. */
async function holder(
  t: TestContext,
  out: string,
  end: 'wait' | 'exit' | 'throw',
): Promise<{ child: ChildProcess; said: string }> {
  const program = fileURLToPath(fixture('hold-lock.ts'));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program, out, end], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (data) => {
    said += String(data);
  });
  if (end === 'wait') await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  else await once(child, 'close');
  return { child, said: said.trim() };
}

test('a second run is told who holds the folder, and gets it once it is released', (t) => {
  const out = temporaryFolder(t);
  const lock = acquireRunLock(out);
  assert.equal(lock.tookOver, false);
  assert.throws(() => acquireRunLock(out), {
    code: 'FOLDER_IN_USE',
    message: new RegExp(`process ${process.pid} on ${hostname()}, since 20\\d\\d-`),
  });
  lock.release();
  lock.release();
  assert.deepEqual(readdirSync(out), []);
  acquireRunLock(out).release();
});

test('a lock of a living process stands; killed, its lock is taken over', async (t) => {
  const out = temporaryFolder(t);
  const { child, said } = await holder(t, out, 'wait');
  assert.equal(said, 'locked');
  assert.throws(() => acquireRunLock(out), {
    code: 'FOLDER_IN_USE',
    message: new RegExp(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = acquireRunLock(out);
  assert.equal(lock.tookOver, true);
  lock.release();
  assert.deepEqual(readdirSync(out), []);
});

test('of several runs that find one stale lock, one gets the folder', async (t) => {
  const out = temporaryFolder(t);
  const first = await holder(t, out, 'wait');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const rivals = await Promise.all([1, 2, 3, 4].map(() => holder(t, out, 'wait')));
  const refused = rivals.filter((rival) => rival.said === 'FOLDER_IN_USE');
  for (const { child } of rivals) child.kill('SIGKILL');
  assert.equal(refused.length, rivals.length - 1);
  assert.deepEqual(readdirSync(out), ['run.lock']);
});

test('process.exit and an uncaught error release the lock', async (t) => {
  const out = temporaryFolder(t);
  for (const end of ['exit', 'throw'] as const) {
    assert.equal((await holder(t, out, end)).said, 'locked');
    assert.deepEqual(readdirSync(out), [], end);
  }
});

test('a lock from another machine stands, and the message says how to remove it', (t) => {
  const out = temporaryFolder(t);
  const lock = acquireRunLock(out);
  const held = JSON.parse(readFileSync(lock.path, 'utf8'));
  writeFileSync(lock.path, JSON.stringify({ ...held, host: 'elsewhere', token: 'other' }));
  assert.throws(() => acquireRunLock(out), {
    code: 'FOLDER_IN_USE',
    message: /on elsewhere(.|\n)*delete the lock file/,
  });
  // It is not ours any more, so it is not ours to remove.
  lock.release();
  assert.deepEqual(readdirSync(out), ['run.lock']);
});

test('a process that was given the number of a dead one does not hold its lock', {
  skip: process.platform !== 'linux' && 'start times are known on Linux only',
}, (t) => {
  const out = temporaryFolder(t);
  const lock = acquireRunLock(out);
  const held = JSON.parse(readFileSync(lock.path, 'utf8'));
  writeFileSync(lock.path, JSON.stringify({ ...held, started: 'another boot/1' }));
  const second = acquireRunLock(out);
  assert.equal(second.tookOver, true);
  second.release();
});

test('an empty lock file is believed while it is young', (t) => {
  const out = temporaryFolder(t);
  const path = join(out, 'run.lock');
  writeFileSync(path, '');
  assert.throws(() => acquireRunLock(out), { code: 'FOLDER_IN_USE', message: /just starting/ });
  const before = new Date(Date.now() - 60_000);
  utimesSync(path, before, before);
  const lock = acquireRunLock(out);
  assert.equal(lock.tookOver, true);
  lock.release();
});

test('a file where the folder should be is a request the user can correct', (t) => {
  const out = temporaryFolder(t);
  writeFileSync(join(out, 'file'), '');
  assert.throws(() => acquireRunLock(join(out, 'file')), { code: 'FOLDER_NOT_WRITABLE' });
});

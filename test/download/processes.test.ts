import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { acquireDownloadLock } from '../../src/download/download-lock.ts';
import { bytes, digestOf, place, sha256, temporaryFolder } from './helpers.ts';
import { file, serve, silence } from './http-server.ts';

const content = bytes(300_000);
const program = fileURLToPath(new URL('../fixtures/download/fetch-one.ts', import.meta.url));

interface Fetcher {
  readonly child: ChildProcess;
  /** Lines said so far. */
  readonly said: () => string[];
  readonly ended: Promise<unknown>;
}

/** A process that downloads; `shell` is put before it. */
function fetcher(t: TestContext, url: string, path: string, hex: string, shell = ''): Fetcher {
  const args = [process.execPath, '--import', import.meta.resolve('tsx'), program, url, path, hex];
  const child = spawn('bash', ['-c', `${shell} exec "$0" "$@"`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TSX_DISABLE_CACHE: '1', no_proxy: '127.0.0.1' },
  });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (data) => {
    text += String(data);
  });
  return { child, said: () => text.trim().split('\n'), ended: once(child, 'close') };
}

async function until(probe: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!probe()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('of several processes that want one file, one fetches it and the others use it', async (t) => {
  const { url, seen } = await serve(t, (request, response) => {
    // Slow enough that all of them come while it is under way.
    response.writeHead(200, { 'content-length': content.length, etag: '"version-1"' });
    response.write(content.subarray(0, 1000));
    setTimeout(() => response.end(content.subarray(1000)), 2500);
    request.resume();
  });
  const path = join(temporaryFolder(t), 'model.bin');
  const all = [1, 2, 3].map(() => fetcher(t, `${url}/m`, path, sha256(content)));
  await Promise.all(all.map(({ ended }) => ended));
  const outcomes = all.map(({ said }) => said().at(-1)).sort();
  assert.deepEqual(outcomes, ['downloaded', 'present', 'present']);
  assert.equal(all.filter(({ said }) => said().includes('wait')).length, 2);
  assert.equal(seen.length, 1);
  assert.deepEqual(readFileSync(path), content);
  assert.deepEqual(readdirSync(join(path, '..')), ['model.bin']);
});

test('after kill -9 in the middle, the next process takes over and fetches only the rest', async (t) => {
  const { url, seen } = await serve(t, silence(content, 120_000), file(content));
  const path = join(temporaryFolder(t), 'model.bin');
  const first = fetcher(t, `${url}/m`, path, sha256(content));
  await until(
    () => existsSync(`${path}.part`) && readFileSync(`${path}.part`).length === 120_000,
    'a part came',
  );
  first.child.kill('SIGKILL');
  await first.ended;
  assert.ok(existsSync(`${path}.lock`));
  const second = fetcher(t, `${url}/m`, path, sha256(content));
  await second.ended;
  assert.equal(second.said().at(-1), 'downloaded');
  assert.equal(seen[1]!.headers.range, 'bytes=120000-');
  assert.deepEqual(readFileSync(path), content);
  assert.deepEqual(readdirSync(join(path, '..')), ['model.bin']);
});

test('a disk that takes no more is told, and what came is kept', async (t) => {
  const { url } = await serve(t, file(content));
  const path = join(temporaryFolder(t), 'model.bin');
  // A limit on the size of files makes the system refuse in the middle of a write, as a full disk does.
  const limited = fetcher(t, `${url}/m`, path, '-', 'ulimit -f 64 &&');
  await limited.ended;
  const said = limited.said().join('\n');
  assert.match(said, /^DISK_FULL: UserError: downloading a file: .*model\.bin\.part$/m);
  assert.match(said, /free some space/);
  assert.ok(!existsSync(path));
  assert.equal(readFileSync(`${path}.part`).length, 65_536);
});

test('a lock that nobody touches is taken over by one of those who wait, one after the other', async (t) => {
  const target = join(temporaryFolder(t), 'model.bin');
  writeFileSync(`${target}.lock`, '{"pid":1,"host":"gone","token":"x"}\n');
  const { signal } = new AbortController();
  let holders = 0;
  let waitedFor = '';
  await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const timing = { beatMs: 30, staleMs: 200 };
      const lock = await acquireDownloadLock(target, signal, (who) => (waitedFor ||= who), timing);
      assert.equal(++holders, 1, 'two hold one lock');
      await new Promise((resolve) => setTimeout(resolve, 400));
      lock.check();
      holders--;
      lock.release();
    }),
  );
  assert.equal(waitedFor, 'process 1 on gone');
  assert.deepEqual(readdirSync(join(target, '..')), []);
});

test('a process that slept while another took over does not write the file', async (t) => {
  const at = place(t);
  const { url } = await serve(t, file(content));
  const running = at.fetch(`${url}/m`, {
    digest: digestOf(content),
    onEvent: ({ kind }) => {
      if (kind === 'check') writeFileSync(`${at.path}.lock`, 'taken by another');
    },
  });
  await assert.rejects(running, { code: 'DOWNLOAD_TAKEN_OVER' });
  assert.equal(at.file(), null);
  assert.equal(readFileSync(`${at.path}.lock`, 'utf8'), 'taken by another');
});

test('waiting for another process ends with an interruption', async (t) => {
  const at = place(t);
  const { signal } = new AbortController();
  const lock = await acquireDownloadLock(at.path, signal);
  const controller = new AbortController();
  const waiting = at.fetch('http://127.0.0.1:9/', {
    signal: controller.signal,
    onEvent: ({ kind }) => {
      if (kind === 'wait') controller.abort(new Error('enough'));
    },
  });
  await assert.rejects(waiting, { message: 'enough' });
  lock.release();
});

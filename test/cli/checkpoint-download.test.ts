import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PUBLISHED_MODELS } from '../../src/checkpoint/index.ts';
import { downloadModel, fetchOpenai, findDownloaded } from '../../src/cli/download-model.ts';
import { downloadProgress, RateMeter } from '../../src/cli/download-progress.ts';
import { bytes, client, sha256, temporaryFolder } from '../download/helpers.ts';
import { file, serve, silence } from '../download/http-server.ts';
import { COMMIT, serveHub } from '../download/hub-server.ts';
import { projectFile } from './command.ts';

const weights = bytes(200_000);
const config = Buffer.from('{"model_type":"clip"}');
const files = { 'config.json': config, 'model.safetensors': weights };
const folderOf = (cache: string): string => join(cache, 'checkpoints/hf/owner/model', COMMIT);

interface Command {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Runs the real command, with more in its environment. */
function coopBench(
  t: TestContext,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Command {
  const child = spawn(process.execPath, [projectFile('bin/coop-bench.mjs'), 'checkpoint', ...args], {
    env: { ...process.env, no_proxy: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += String(data);
  });
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, stderr: () => stderr, ended };
}

test('a model of the hub is fetched, its folder printed, and found without a server', async (t) => {
  const { hub } = await serveHub(t, { files, token: 'hf_secret' });
  const cache = temporaryFolder(t);
  const environment = { HF_ENDPOINT: `${hub.url}/`, HF_TOKEN: 'hf_secret\n', COOP_BENCH_CACHE: cache };
  const { code, stdout, stderr } = await coopBench(t, ['download', 'hf:owner/model'], environment).ended;
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${folderOf(cache)}\n`);
  assert.match(stderr, /^model\.safetensors: 200 kB, complete, hash as published$/m);
  assert.doesNotMatch(stderr, /secret/);
  assert.deepEqual(readFileSync(join(folderOf(cache), 'model.safetensors')), weights);
  assert.equal(findDownloaded('hf:owner/model', cache), folderOf(cache));
  assert.equal(findDownloaded('hf:owner/model@other', cache), null);
});

test('--json names every file with its hash; --progress json puts one event a line on stderr', async (t) => {
  const { hub } = await serveHub(t, { files });
  const cache = temporaryFolder(t);
  const args = [
    'download',
    'hf:owner/model',
    '--cache',
    cache,
    '--mirror',
    hub.url,
    '--json',
    '--progress',
    'json',
  ];
  const { code, stdout, stderr } = await coopBench(t, args).ended;
  assert.equal(code, 0, stderr);
  const answer = JSON.parse(stdout);
  assert.equal(answer.path, folderOf(cache));
  assert.deepEqual(answer.files.at(-1), {
    path: join(folderOf(cache), 'model.safetensors'),
    bytes: weights.length,
    digest: `sha256:${sha256(weights)}`,
  });
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(events.at(-1), {
    event: 'done',
    file: 'model.safetensors',
    totalBytes: weights.length,
    fetched: true,
  });
  assert.ok(events.some(({ event, totalBytes }) => event === 'bytes' && totalBytes === weights.length));
});

test('Ctrl-C keeps what came, ends with 130, and the same command goes on from there', async (t) => {
  const slow = await serveHub(t, { files, answers: { 'model.safetensors': silence(weights, 80_000) } });
  const cache = temporaryFolder(t);
  const args = ['download', 'hf:owner/model', '--cache', cache];
  const first = coopBench(t, args, { HF_ENDPOINT: slow.hub.url });
  const part = join(folderOf(cache), 'model.safetensors.part');
  const end = Date.now() + 20_000;
  while (!existsSync(part) || readFileSync(part).length < 80_000) {
    assert.ok(Date.now() < end, `no part came: ${first.stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  first.child.kill('SIGINT');
  const { code, stdout, stderr } = await first.ended;
  assert.equal(code, 130, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /the same command goes on from there/);
  assert.equal(readFileSync(part).length, 80_000);
  assert.ok(!existsSync(join(folderOf(cache), 'model.safetensors.lock')));
  assert.equal(findDownloaded('hf:owner/model', cache), null);
  const { hub, store } = await serveHub(t, { files });
  const second = await coopBench(t, args, { HF_ENDPOINT: hub.url }).ended;
  assert.equal(second.code, 0, second.stderr);
  assert.equal(store.seen[0]!.headers.range, 'bytes=80000-');
  assert.deepEqual(readFileSync(join(folderOf(cache), 'model.safetensors')), weights);
});

test('a mirror that sends a wrong file is refused with both hashes or sizes, exit code 1', async (t) => {
  const { hub } = await serveHub(t, { files, answers: { 'model.safetensors': file(bytes(200_000, 4)) } });
  const cache = temporaryFolder(t);
  const args = ['download', 'hf:owner/model', '--cache', cache, '--mirror', hub.url];
  const { code, stdout, stderr } = await coopBench(t, args).ended;
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /DOWNLOAD_WRONG_FILE/);
  assert.ok(stderr.includes(sha256(weights)) && stderr.includes(sha256(bytes(200_000, 4))));
  assert.deepEqual(readdirSync(folderOf(cache)), ['config.json']);
});

test('wrong requests end with 2 before anything is asked of a server', async (t) => {
  const cache = temporaryFolder(t);
  const offline = { COOP_BENCH_CACHE: cache, HF_ENDPOINT: 'http://127.0.0.1:9' };
  const cases: readonly (readonly [readonly string[], Readonly<Record<string, string>>, RegExp])[] = [
    [['download', 'RN51'], {}, /UNKNOWN_MODEL[\s\S]*did you mean RN50/],
    [['download', 'hf:../../etc'], {}, /BAD_MODEL_NAME/],
    [['download', 'RN50', '--mirror', 'ftp://x'], {}, /BAD_OPTION[\s\S]*--mirror/],
    [['download', 'RN50'], { HTTPS_PROXY: 'http://user:secret@' }, /BAD_PROXY/],
    [['download', 'hf:owner/model'], { HF_TOKEN: 'hf_sec ret' }, /BAD_OPTION[\s\S]*HF_TOKEN/],
  ];
  for (const [args, environment, message] of cases) {
    const { code, stderr } = await coopBench(t, args, { ...offline, ...environment }).ended;
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /sec ?ret/);
  }
  assert.deepEqual(readdirSync(cache), []);
});

test("OpenAI's table has the hashes that the addresses hold, each once", () => {
  const openai = PUBLISHED_MODELS.filter((model) => model.publisher === 'openai');
  assert.deepEqual(
    openai.map(({ name }) => name),
    ['RN50', 'RN101', 'RN50x4', 'RN50x16', 'RN50x64', 'ViT-B/32', 'ViT-B/16', 'ViT-L/14', 'ViT-L/14@336px'],
  );
  for (const { url, sha256: hash } of openai) {
    assert.match(url, /^https:\/\/openaipublic\.azureedge\.net\/clip\/models\/[0-9a-f]{64}\/[\w-]+\.pt$/);
    assert.equal(basename(dirname(url)), hash);
  }
  assert.equal(new Set(openai.map(({ sha256: hash }) => hash)).size, openai.length);
});

test('a model of OpenAI comes from a mirror under its path, and is listed where it lies', async (t) => {
  const { url, seen } = await serve(t, file(weights));
  const [known] = PUBLISHED_MODELS;
  assert.ok(known?.publisher === 'openai');
  const hash = sha256(weights);
  const model = {
    ...known,
    sha256: hash,
    sizeBytes: weights.length,
    url: known.url.replace(known.sha256, hash),
  };
  const cache = temporaryFolder(t);
  const { signal } = new AbortController();
  const environment = { COOP_BENCH_MIRROR: `${url}/some/where/` };
  const { path } = await fetchOpenai(model, client(t), { cache, signal, environment });
  assert.equal(path, join(cache, 'checkpoints/openai', hash.slice(0, 12), 'RN50.pt'));
  assert.deepEqual(readFileSync(path), weights);
  assert.equal(seen[0]!.path, `/some/where/clip/models/${hash}/RN50.pt`);
});

test('a name of another file than the published one is not taken for it', async (t) => {
  const { url } = await serve(t, file(weights));
  const cache = temporaryFolder(t);
  const { signal } = new AbortController();
  assert.equal(findDownloaded('RN50', cache), null);
  assert.equal(findDownloaded('no-model', cache), null);
  await assert.rejects(downloadModel('RN50', { cache, mirror: url, environment: {}, signal }), {
    code: 'DOWNLOAD_WRONG_FILE',
    message: /afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762/,
  });
  assert.equal(findDownloaded('RN50', cache), null);
});

test('list names all published models and where the downloaded ones are', async (t) => {
  const cache = temporaryFolder(t);
  const id = 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K';
  const { hub } = await serveHub(t, { files, id });
  const { signal } = new AbortController();
  await downloadModel(`hf:${id}`, { cache, mirror: hub.url, environment: {}, signal });
  const { code, stdout } = await coopBench(t, ['list', '--cache', cache, '--json']).ended;
  assert.equal(code, 0);
  const models: { name: string; path: string | null; bytes: number | null }[] = JSON.parse(stdout);
  assert.equal(models.length, 11);
  for (const { name, path, bytes: size } of models) {
    if (name !== `hf:${id}`) assert.equal(path, null, name);
    else
      assert.deepEqual(
        [path, size],
        [join(cache, 'checkpoints/hf', id, COMMIT), config.length + weights.length],
      );
  }
  const plain = await coopBench(t, ['list', '--cache', cache]).ended;
  assert.match(plain.stdout, /^ViT-B\/32 +354 MB +not downloaded$/m);
});

test('rates are of the last seconds, and times left follow from them', () => {
  const meter = new RateMeter();
  assert.deepEqual(meter.measure(0, 1000, 0), { bytesPerSecond: null, timeLeftMs: null });
  assert.deepEqual(meter.measure(100, 1000, 1000), { bytesPerSecond: 100, timeLeftMs: 9000 });
  for (let s = 2; s <= 30; s++) meter.measure(100 + s, 1000, s * 1000);
  const { bytesPerSecond } = meter.measure(131, 1000, 31_000);
  assert.ok(bytesPerSecond !== null && bytesPerSecond <= 1.001, String(bytesPerSecond));
  // Back to the beginning: no negative rate.
  assert.equal(meter.measure(0, 1000, 32_000).bytesPerSecond, null);
});

test('plain lines come a few seconds apart, a terminal gets one line in place', () => {
  const event = (doneBytes: number) => ({ kind: 'bytes', doneBytes, totalBytes: 1e8 }) as const;
  const about = { name: 'RN50.pt' };
  for (const isTTY of [false, true]) {
    let text = '';
    let atMs = 0;
    const write = (part: string): void => {
      text += part;
    };
    const stream = { isTTY, columns: 60, write };
    const progress = downloadProgress('auto', stream, () => atMs);
    for (; atMs <= 10_000; atMs += 10) progress.handle(event(atMs * 5000), about);
    progress.handle(
      { kind: 'retry', reason: 'other side closed', failed: 1, tries: 6, delayMs: 4000 },
      about,
    );
    progress.handle({ kind: 'done', totalBytes: 1e8, fetched: true }, about);
    progress.close();
    if (isTTY) {
      const drawn = '\r\x1b[KRN50.pt: 25.0 MB of 100 MB · 25 % · 5.00 MB/s · 15 s left\r\x1b[K';
      assert.ok(text.includes(drawn));
      continue;
    }
    assert.deepEqual(text.trim().split('\n'), [
      'RN50.pt: 0 bytes of 100 MB · 0 %',
      'RN50.pt: 25.0 MB of 100 MB · 25 % · 5.00 MB/s · 15 s left',
      'RN50.pt: 50.0 MB of 100 MB · 50 % · 5.00 MB/s · 10 s left',
      'RN50.pt: other side closed; try 2 of 6 in 4 s',
      'RN50.pt: 100 MB, complete, hash as published',
    ]);
  }
});

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { downloadHuggingFace, findHuggingFace, parseHuggingFaceName } from '../../src/download/index.ts';
import { bytes, client, temporaryFolder } from './helpers.ts';
import { file, serve, status } from './http-server.ts';
import { COMMIT, type HubModel, serveHub } from './hub-server.ts';

const model = parseHuggingFaceName('hf:owner/model');
const config = Buffer.from('{"model_type":"clip"}');
const weights = bytes(50_000);

async function downloaded(
  t: TestContext,
  hubModel: HubModel,
  token: string | null = null,
  cut = temporaryFolder(t),
) {
  const { hub, store } = await serveHub(t, hubModel);
  const access = { client: client(t), endpoint: hub.url, token };
  const run = (name = model) =>
    downloadHuggingFace(name, cut, access, {
      retryDelayMs: 0,
      tries: 2,
      signal: new AbortController().signal,
    });
  return { run, hub, store, cache: cut };
}

test('configuration and the preferred weights come into a folder of the commit, and are found there', async (t) => {
  const files = {
    'README.md': Buffer.from('# no'),
    'config.json': config,
    'preprocessor_config.json': Buffer.from('{}'),
    'tokenizer.json': bytes(3000),
    'pytorch_model.bin': bytes(60_000, 2),
    'open_clip_pytorch_model.bin': bytes(60_000, 3),
    'model.safetensors': weights,
  };
  const { run, cache, hub, store } = await downloaded(t, { files });
  assert.equal(findHuggingFace(model, cache), null);
  const { folder, manifest } = await run();
  assert.equal(folder, join(cache, 'checkpoints/hf/owner/model', COMMIT));
  assert.deepEqual(readdirSync(folder).sort(), [
    'config.json',
    'download.json',
    'model.safetensors',
    'preprocessor_config.json',
  ]);
  assert.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
  assert.deepEqual(readFileSync(join(folder, 'config.json')), config);
  assert.equal(manifest.weights, 'model.safetensors');
  assert.deepEqual(findHuggingFace(model, cache), { folder, manifest });
  assert.deepEqual(findHuggingFace(parseHuggingFaceName(`hf:owner/model@${COMMIT}`), cache), {
    folder,
    manifest,
  });
  assert.equal(findHuggingFace(parseHuggingFaceName('hf:owner/model@v2'), cache), null);
  assert.equal(store.seen.length, 1);
  // Once more: the list is asked for, files are not.
  const asked = hub.seen.length;
  await run();
  assert.equal(hub.seen.length, asked + 1);
  assert.equal(store.seen.length, 1);
  // A folder that lost a byte since is not complete, and is mended.
  truncateSync(join(folder, 'model.safetensors'), 49_999);
  assert.equal(findHuggingFace(model, cache), null);
  await run();
  assert.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
});

test('weights are preferred in this order', async (t) => {
  const order = [
    'model.safetensors',
    'open_clip_model.safetensors',
    'open_clip_pytorch_model.safetensors',
    'pytorch_model.bin',
    'open_clip_pytorch_model.bin',
  ];
  for (const [i, name] of order.entries()) {
    const files = Object.fromEntries(order.slice(i).map((file) => [file, weights]));
    const { run } = await downloaded(t, { files });
    assert.equal((await run()).manifest.weights, name);
  }
});

const index = (map: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(JSON.stringify({ weight_map: map }));

test('an index brings all its shards, each once', async (t) => {
  const shards = {
    'model-00001-of-00002.safetensors': bytes(2000, 5),
    'model-00002-of-00002.safetensors': bytes(2000, 6),
  };
  const [one, two] = Object.keys(shards) as [string, string];
  const files = { 'model.safetensors.index.json': index({ a: two, b: one, c: two }), ...shards };
  const { run } = await downloaded(t, { files });
  const { folder, manifest } = await run();
  assert.equal(manifest.weights, 'model.safetensors.index.json');
  for (const [name, content] of Object.entries(shards)) {
    assert.deepEqual(readFileSync(join(folder, name)), content);
  }
});

test('an index that names files elsewhere writes nothing outside its folder', async (t) => {
  for (const name of [
    '../../../../../../escaped.safetensors',
    '/tmp/escaped.safetensors',
    'sub/escaped.safetensors',
    '..\\escaped.safetensors',
    '.hidden.safetensors',
    'escaped.sh',
    'not-listed.safetensors',
  ]) {
    const listedOnly = name.startsWith('not-') ? [] : [name];
    const files = { 'model.safetensors.index.json': index({ a: name }) };
    const { run, cache, store } = await downloaded(t, { files, listedOnly });
    await assert.rejects(run(), { code: 'HUB_BAD_INDEX' });
    assert.equal(store.seen.length, 0, name);
    const written = readdirSync(cache, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      written.filter((entry) => entry.isFile()).map((entry) => entry.name),
      ['model.safetensors.index.json'],
    );
    assert.equal(findHuggingFace(model, cache), null);
  }
});

test('an index that is none is told', async (t) => {
  for (const text of ['{"weight_map": 3}', 'weights', '[]']) {
    const { run } = await downloaded(t, { files: { 'model.safetensors.index.json': Buffer.from(text) } });
    await assert.rejects(run(), { code: 'HUB_BAD_INDEX' });
  }
});

test('names that would lead out of the cache are no names', () => {
  const good = 'hf:laion/CLIP-ViT-B-32-laion2B-s34B-b79K@refs/pr/3';
  assert.deepEqual(parseHuggingFaceName(good), {
    owner: 'laion',
    name: 'CLIP-ViT-B-32-laion2B-s34B-b79K',
    revision: 'refs/pr/3',
  });
  for (const bad of [
    'hf:',
    'hf:model',
    'hf:owner/',
    'hf:../..',
    'hf:owner/..',
    'hf:./model',
    'hf:owner/model/file',
    'hf:owner/model@',
    'hf:owner/model@../../x',
    'hf:owner/model@a@b',
    'hf:owner/model@a//b',
    'hf:owner/mo del',
    'hf:owner/model?x',
    'hf:owner\\model/x',
    'hf:owner/model\0',
    `hf:owner/${'m'.repeat(100)}`,
  ]) {
    assert.throws(() => parseHuggingFaceName(bad), { code: 'BAD_MODEL_NAME' }, bad);
  }
});

test('a branch with slashes is one file name, and remembered', async (t) => {
  const { run, cache } = await downloaded(t, { files: { 'model.safetensors': weights } });
  const branch = parseHuggingFaceName('hf:owner/model@v1/final');
  const { folder } = await run(branch);
  assert.equal(findHuggingFace(branch, cache)?.folder, folder);
  assert.deepEqual(readdirSync(join(folder, '..', 'refs')), ['v1%2Ffinal.txt']);
});

test('a gated model says how to get access; with the token it comes, and the store never sees the token', async (t) => {
  const gated = { files: { 'config.json': config, 'model.safetensors': weights }, token: 'hf_secret' };
  const without = await downloaded(t, gated);
  await assert.rejects(without.run(), {
    code: 'DOWNLOAD_REFUSED',
    message:
      /HTTP status 401: Access to model is restricted[\s\S]*huggingface\.co\/owner\/model and set HF_TOKEN/,
  });
  const wrong = await downloaded(t, gated, 'hf_other');
  await assert.rejects(wrong.run(), { message: /account of HF_TOKEN has access/ });
  const right = await downloaded(t, gated, 'hf_secret');
  await right.run();
  assert.equal(right.store.seen.length, 1);
  assert.equal(right.store.seen[0]!.headers.authorization, undefined);
});

test('a model that is not there, and one without weights, are told', async (t) => {
  const { run } = await downloaded(t, { files: {} });
  await assert.rejects(run(parseHuggingFaceName('hf:owner/other')), { code: 'DOWNLOAD_NOT_FOUND' });
  const empty = await downloaded(t, { files: { 'config.json': config, 'model.gguf': weights } });
  await assert.rejects(empty.run(), {
    code: 'HUB_NO_WEIGHTS',
    message: /model\.safetensors, [\s\S]*"config\.json", "model\.gguf"/,
  });
  assert.deepEqual(existsSync(join(empty.cache, 'checkpoints')), false);
});

test('a wrong large file and a wrong small file are refused by the hashes of the list', async (t) => {
  for (const name of ['config.json', 'model.safetensors']) {
    const files = { 'config.json': config, 'model.safetensors': weights };
    const lie = Buffer.from(files[name as keyof typeof files]);
    lie[0] = lie[0]! ^ 1;
    const { run, cache } = await downloaded(t, { files, answers: { [name]: file(lie) } });
    await assert.rejects(run(), { code: 'DOWNLOAD_WRONG_FILE' });
    assert.equal(findHuggingFace(model, cache), null);
  }
});

test('answers that are no list of files are told; passing trouble is waited out', async (t) => {
  const answers = [
    '<html>log in</html>',
    '[]',
    '{"sha":"../../x","siblings":[]}',
    JSON.stringify({ sha: COMMIT, siblings: [{ rfilename: 'model.safetensors', size: -1 }] }),
  ];
  for (const text of answers) {
    const { url } = await serve(t, (_, response) => response.end(text));
    const access = { client: client(t), endpoint: url, token: null };
    const signal = new AbortController().signal;
    await assert.rejects(downloadHuggingFace(model, temporaryFolder(t), access, { signal }), {
      code: 'HUB_ANSWER_STRANGE',
    });
  }
  const busy = await serve(t, status(503));
  const access = { client: client(t), endpoint: busy.url, token: null };
  const options = { signal: new AbortController().signal, tries: 3, retryDelayMs: 0 };
  await assert.rejects(downloadHuggingFace(model, temporaryFolder(t), access, options), {
    code: 'DOWNLOAD_FAILED',
    message: /status 503, after 3 tries/,
  });
  assert.equal(busy.seen.length, 3);
});

test('notes in the cache that someone damaged count as nothing downloaded', async (t) => {
  const { run, cache } = await downloaded(t, { files: { 'model.safetensors': weights } });
  const { folder } = await run();
  const manifest = join(folder, 'download.json');
  const good = readFileSync(manifest, 'utf8');
  for (const text of ['{', '{"commit":1}', good.replace('"model.safetensors"', '"../../x"')]) {
    writeFileSync(manifest, text);
    const found = findHuggingFace(model, cache);
    assert.ok(found === null || !found.manifest.files.some(({ name }) => name.includes('..')), text);
  }
  writeFileSync(manifest, good);
  writeFileSync(join(folder, '..', 'refs', 'main.txt'), '../../../../etc\n');
  assert.equal(findHuggingFace(model, cache), null);
  rmSync(join(folder, '..', 'refs'), { recursive: true });
  assert.equal(findHuggingFace(model, cache), null);
});

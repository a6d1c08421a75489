import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CellRecord } from '../../src/config/index.ts';
import { run, temporaryFolder } from './command.ts';

const GRID = [
  'bench',
  'fewshot',
  '--datasets',
  'icons_nature',
  '--shots',
  '2',
  '--seeds',
  '1',
  '--epochs',
  '8',
];

function recordsOf(out: string): readonly (CellRecord & { status: 'ok' })[] {
  const folder = join(out, 'records');
  const records = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CellRecord,
  );
  for (const { status } of records) assert.equal(status, 'ok');
  return records as (CellRecord & { status: 'ok' })[];
}

const accuracies = (out: string): ReadonlyMap<string, number> =>
  new Map(recordsOf(out).map(({ cell, result }) => [cell.method.key, result.scores[0]!.accuracy]));

test('a grid on TensorFlow.js gives the accuracies of the default engine, and says what computed', async (t) => {
  const folder = temporaryFolder(t);
  const place = (name: string) => ['--out', join(folder, name), '--cache', join(folder, 'cache')];
  const usual = await run([...GRID, ...place('onnx')]);
  const other = await run([...GRID, '--engine', 'tensorflow', '--device', 'wasm', ...place('tensorflow')]);
  assert.equal(usual.code, 0, usual.stderr);
  assert.equal(other.code, 0, other.stderr);
  assert.match(other.stderr, /TensorFlow\.js computes on wasm: @tensorflow\/tfjs-backend-wasm 4\.22\.0/);
  for (const { cell, run: circumstances } of recordsOf(join(folder, 'tensorflow'))) {
    assert.deepEqual(cell.runtime, { engine: 'tensorflow', device: 'wasm', precision: 'float32' });
    assert.equal(circumstances.versions['@tensorflow/tfjs-backend-wasm'], '4.22.0');
  }
  const expected = accuracies(join(folder, 'onnx'));
  const made = accuracies(join(folder, 'tensorflow'));
  assert.deepEqual([...made.keys()].sort(), [...expected.keys()].sort());
  for (const [method, accuracy] of expected) {
    // Two of some 200 test pictures: rounding differs by engine, and training carries it on.
    assert.ok(Math.abs(made.get(method)! - accuracy) <= 0.011, `${method}: ${made.get(method)}, ${accuracy}`);
  }
});

test("a provider that is not there gives way to the CPU, and the records are the CPU's", async (t) => {
  const folder = temporaryFolder(t);
  const grid = [...GRID, '--methods', 'zeroshot', '--out', folder, '--cache', join(folder, 'cache')];
  const device = process.platform === 'win32' ? 'coreml' : 'dml';
  const { code, stderr } = await run([...grid, '--device', device]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`--device ${device} is not there, going on with cpu`));
  const [record] = recordsOf(folder);
  assert.equal(record!.cell.runtime.device, 'cpu');
  const { stdout } = await run([...grid, '--json']);
  assert.match(stdout, /"computed":0,"reused":1/);
});

test('a Hugging Face folder and a TorchScript archive are backbones of one grid', async (t) => {
  const folder = temporaryFolder(t);
  const fixture = (name: string) =>
    fileURLToPath(new URL(`../fixtures/checkpoints/${name}`, import.meta.url));
  const backbones = [fixture('hf-vit'), fixture('rn.torchscript.pt')].join(',');
  const { code, stderr } = await run(
    [...GRID, '--limit', '20', '--backbone', backbones, '--activation', 'gelu'].concat([
      '--out',
      folder,
      '--cache',
      join(folder, 'cache'),
    ]),
  );
  assert.equal(code, 0, stderr);
  const records = recordsOf(folder);
  assert.deepEqual([...new Set(records.map(({ cell }) => cell.backbone.name))].sort(), [
    'hf-vit',
    'rn.torchscript',
  ]);
  for (const { cell } of records) {
    const settings = cell.backbone.settings as { readonly text: { readonly activation: string } };
    assert.equal(settings.text.activation, 'gelu');
  }
});

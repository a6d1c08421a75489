import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/checkpoint/index.ts';
import { type Cell, cellKey } from '../../src/config/index.ts';
import { readPrompt, writePrompt } from '../../src/methods/index.ts';
import { TokenIndex } from '../../src/methods/token-index.ts';
import { exampleCell } from '../config/example-cell.ts';

const folder = mkdtempSync(join(tmpdir(), 'coop-bench-prompt-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);

const names = ['sun', 'rain_cloud', 'Übermut "x"'];
const method = { ...exampleCell.method, key: 'coop_m2_mid_csc', nCtx: 2, position: 'middle', csc: true };
const cell = { ...exampleCell, method } as Cell;
const key = cellKey(cell);
const ctx = { data: Float32Array.from({ length: 3 * 2 * 4 }, (_, i) => i / 7 - 1), shape: [3, 2, 4] };
writePrompt(file('own.safetensors'), ctx, { key, cell }, names);
const own = readSafetensors(file('own.safetensors'));

let changed = 0;
/** The prompt with tensors and metadata changed. */
function variant(
  tensors: Record<string, StoredTensor>,
  metadata: Record<string, string | undefined> = {},
): string {
  const path = file(`variant-${changed++}.safetensors`);
  const kept = Object.entries({ ...own.metadata, ...metadata }).filter(([, text]) => text !== undefined);
  writeSafetensors(
    path,
    { ...Object.fromEntries(own.tensors), ...tensors },
    Object.fromEntries(kept) as Record<string, string>,
  );
  return path;
}
const f32 = (shape: number[], data?: ArrayLike<number>): StoredTensor => ({
  dtype: 'F32',
  shape,
  data: data ? Float32Array.from(data) : new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

test('a prompt is read as it was written, with the configuration it was learned with', async () => {
  const prompt = await readPrompt(file('own.safetensors'));
  assert.deepEqual(prompt.context, ctx);
  assert.deepEqual(prompt.classNames, names);
  assert.deepEqual([prompt.nCtx, prompt.width, prompt.csc, prompt.position], [2, 4, true, 'middle']);
  assert.deepEqual(prompt.backbone, cell.backbone);
  assert.deepEqual(prompt.origin, { key, cell });
});

test('the file is plain safetensors: any reader finds tensor and configuration', () => {
  const bytes = readFileSync(file('own.safetensors'));
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
  assert.deepEqual(header.ctx, { dtype: 'F32', shape: [3, 2, 4], data_offsets: [0, 96] });
  assert.deepEqual(JSON.parse(header.__metadata__.cell), cell);
  assert.deepEqual(JSON.parse(header.__metadata__.class_names), names);
  assert.equal(header.__metadata__.key, key);
  assert.equal(bytes.length, 8 + Number(bytes.readBigUInt64LE()) + 96);
});

test('the same cell gives the same bytes, whatever order its fields were set in', () => {
  const reversed = Object.fromEntries(Object.entries(cell).reverse()) as unknown as Cell;
  writePrompt(file('again.safetensors'), ctx, { key, cell: reversed }, names);
  assert.deepEqual(readFileSync(file('again.safetensors')), readFileSync(file('own.safetensors')));
});

test('a context without configuration serves with what a person adds', async () => {
  writeSafetensors(file('bare.safetensors'), { ctx: f32([2, 4]) });
  const prompt = await readPrompt(file('bare.safetensors'));
  assert.deepEqual([prompt.nCtx, prompt.width, prompt.csc], [2, 4, false]);
  assert.deepEqual([prompt.classNames, prompt.position, prompt.fixedTokens], [null, null, null]);
});

const nan = Float32Array.from(ctx.data);
nan[5] = Number.NaN;
const otherCell = JSON.stringify({ ...cell, seed: 9 });
writeFileSync(file('text'), 'no tensors at all, but long enough to be looked at');
writeSafetensors(file('checkpoint.safetensors'), {
  text_projection: f32([2, 2]),
  'token_embedding.weight': f32([4, 2]),
});
writeSafetensors(file('features.safetensors'), { image_features: f32([2, 2]) });
writeSafetensors(file('cocoop.safetensors'), { ctx: f32([2, 4]), 'meta_net.linear1.weight': f32([1, 4]) });

const REFUSED: readonly (readonly [title: string, path: string, message: RegExp])[] = [
  ['a file that is not there', file('none'), /no such file/],
  ['a text', file('text'), /expected: .*\n.*found/],
  [
    'a checkpoint',
    file('checkpoint.safetensors'),
    /tensor "ctx".*found: +a CLIP checkpoint.*prompts\/<key>/s,
  ],
  ['features', file('features.safetensors'), /found: +tensors image_features/],
  ["another method's prompt", file('cocoop.safetensors'), /CoOp's tensors.*meta_net\.linear1\.weight/s],
  ['a context with NaN', variant({ ctx: f32([3, 2, 4], nan) }), /"ctx"\n.*finite.*\n.*NaN at element 5/],
  [
    'a context of one axis',
    variant({ ctx: f32([24], ctx.data) }),
    /expected: \[M, W\], or \[K, M, W\].*found: +\[24\]/s,
  ],
  ['a context of no vectors', variant({ ctx: f32([3, 0, 4]) }), /found: +\[3, 0, 4\]/],
  [
    'a context of whole numbers',
    variant({ ctx: { dtype: 'I32', shape: [2, 4], data: new Int32Array(8) } }),
    /floating-point tensor.*I32/s,
  ],
  [
    'a context for fewer classes',
    variant({ ctx: f32([2, 2, 4]) }),
    /ctx \[3, 2, W\], as its configuration.*\[2, 2, 4\]/s,
  ],
  [
    'other classes than it has contexts',
    variant({}, { class_names: '["a", "b"]' }),
    /ctx \[2, 2, W\].*2 classes/s,
  ],
  [
    'class names that are no list',
    variant({}, { class_names: '{"a": 1}' }),
    /metadata "class_names".*expected array/s,
  ],
  ['class names that are no JSON', variant({}, { class_names: '["a"' }), /JSON as metadata "class_names"/],
  ['no configuration', variant({}, { cell: undefined }), /metadata "cell"\n.*none/],
  ['a configuration of another key', variant({}, { cell: otherCell }), /that of its cell/],
  [
    'a configuration of another method',
    variant({}, { cell: JSON.stringify({ ...cell, method: { kind: 'zeroshot' } }) }),
    /metadata "cell" of a prompt/,
  ],
  [
    'a later version',
    variant({}, { format_version: '2' }),
    /expected: version 1.*found: +version 2.*version of coop-bench/s,
  ],
];
for (const [title, path, message] of REFUSED) {
  test(`${title} is refused as a prompt`, async () => {
    await assert.rejects(readPrompt(path), (error: Error) => {
      assert.equal(error.name, 'UserError', error.stack);
      assert.match(error.message, message);
      return true;
    });
  });
}

const coop = (tensors: Record<string, StoredTensor>): string => {
  const path = file(`coop-${changed++}.safetensors`);
  writeSafetensors(path, tensors);
  return path;
};
const MISSHAPEN: readonly (readonly [title: string, path: string, message: RegExp])[] = [
  [
    'a suffix of another width',
    coop({ ctx: f32([2, 4]), token_suffix: f32([3, 5, 6]) }),
    /"token_suffix".*\[K, n, 4\]/s,
  ],
  [
    'a suffix for other classes',
    coop({ ctx: f32([3, 2, 4]), token_suffix: f32([2, 5, 4]) }),
    /3 classes, as ctx has.*2 classes/s,
  ],
  [
    'a prefix of two tokens',
    coop({ ctx: f32([2, 4]), token_suffix: f32([3, 5, 4]), token_prefix: f32([3, 2, 4]) }),
    /\[3, 1, 4\].*\[3, 2, 4\]/s,
  ],
];
for (const [title, path, message] of MISSHAPEN) {
  test(`${title} is refused in CoOp's form`, async () => {
    await assert.rejects(readPrompt(path), message);
  });
}

test('a token is found by its embedding, in either precision, and the lowest of equal ones', () => {
  const embeddings = Float32Array.of(0.5, -1, 0.1, 3, 0.5, 1, 0.1, 3, 0, 0);
  const index = new TokenIndex(embeddings, 2);
  const find = (...row: number[]) => index.find(Float32Array.from(row));
  assert.deepEqual([find(0.5, 1), find(0.5, -1), find(0.1, 3), find(0, 0)], [2, 0, 1, 4]);
  // 0.1 in half precision is 0.0999755859375.
  assert.equal(find(0.0999755859375, 3), 1);
  assert.deepEqual(
    [find(0.5, 0.98), find(0.11, 3), find(Number.NaN, 0), find(1e9, 0)],
    [null, null, null, null],
  );
});

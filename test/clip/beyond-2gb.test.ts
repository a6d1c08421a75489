import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { encodeImages, openCheckpoint } from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';

const [WIDTH, LAYERS, EMBED, PATCH, TEXT] = [2048, 11, 3, 4, 64];
/** Image tower alone: 11 · 12 · 2048² weights, 2.2 GB in float32. */
const BLOCK = (prefix: string, width: number): [string, number[]][] => [
  [`${prefix}attn.in_proj_weight`, [3 * width, width]],
  [`${prefix}attn.in_proj_bias`, [3 * width]],
  [`${prefix}attn.out_proj.weight`, [width, width]],
  [`${prefix}attn.out_proj.bias`, [width]],
  [`${prefix}mlp.c_fc.weight`, [4 * width, width]],
  [`${prefix}mlp.c_fc.bias`, [4 * width]],
  [`${prefix}mlp.c_proj.weight`, [width, 4 * width]],
  [`${prefix}mlp.c_proj.bias`, [width]],
  [`${prefix}ln_1.weight`, [width]],
  [`${prefix}ln_1.bias`, [width]],
  [`${prefix}ln_2.weight`, [width]],
  [`${prefix}ln_2.bias`, [width]],
];

const SHAPES: readonly [string, number[]][] = [
  ...Array.from({ length: LAYERS }, (_, i) => BLOCK(`visual.transformer.resblocks.${i}.`, WIDTH)).flat(),
  ...BLOCK('transformer.resblocks.0.', TEXT),
  ['logit_scale', []],
  ['text_projection', [TEXT, EMBED]],
  ['positional_embedding', [8, TEXT]],
  ['token_embedding.weight', [600, TEXT]],
  ['ln_final.weight', [TEXT]],
  ['ln_final.bias', [TEXT]],
  // Last in the file, behind its first two gigabytes: all that is not zero.
  ['visual.conv1.weight', [WIDTH, 3, PATCH, PATCH]],
  ['visual.positional_embedding', [2, WIDTH]],
  ['visual.ln_pre.weight', [WIDTH]],
  ['visual.ln_pre.bias', [WIDTH]],
  ['visual.ln_post.weight', [WIDTH]],
  ['visual.ln_post.bias', [WIDTH]],
  ['visual.class_embedding', [WIDTH]],
  ['visual.proj', [WIDTH, EMBED]],
];

const wave = (count: number, step: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * step));
/** The tensors that are not zero. */
const FILLED: Readonly<Record<string, Float32Array>> = {
  'visual.ln_pre.weight': new Float32Array(WIDTH).fill(1),
  'visual.ln_post.weight': new Float32Array(WIDTH).fill(2),
  'visual.class_embedding': wave(WIDTH, 0.7),
  // Alike to the class token, so that the sums do not cancel.
  'visual.proj': wave(WIDTH, 0.7).reduce(
    (proj, value, w) => {
      for (let e = 0; e < EMBED; e++) proj[w * EMBED + e] = value * (e + 1);
      return proj;
    },
    new Float32Array(WIDTH * EMBED),
  ),
};

/** Writes a file with holes for what is zero: it takes a few kilobytes of the disk. */
function writeSparse(path: string): number {
  let offset = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of SHAPES) {
    const end = offset + 4 * ir.numel(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, 'w');
  writeSync(file, start, 0, 8, 0);
  writeSync(file, json, 0, json.length, 8);
  ftruncateSync(file, 8 + json.length + offset);
  for (const [name, data] of Object.entries(FILLED)) {
    const [at] = (header[name] as { data_offsets: [number] }).data_offsets;
    writeSync(file, new Uint8Array(data.buffer), 0, data.byteLength, 8 + json.length + at);
  }
  closeSync(file);
  return offset;
}

const standardized = (x: Float64Array): Float64Array => {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
};

const GIB = 2 ** 30;
const skip = totalmem() < 10 * GIB ? 'needs 10 GiB of memory' : false;

it('a file and an image tower of more than 2 GB are read by range and run with external data', {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-large-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  assert.ok(statfsSync(folder).bavail > 0);
  const path = join(folder, 'large.safetensors');
  assert.ok(writeSparse(path) > 2 * GIB);

  const checkpoint = await openCheckpoint(path);
  const graph = ir.makeGraph({ features: encodeImages(checkpoint, 1) });
  const executable = await onnxEngine({ threads: 2 }).compile(graph);
  const { features } = await executable.run({ image: wave(3 * PATCH ** 2, 0.11) });
  await executable.dispose();
  checkpoint.close();

  // Blocks of zeros add nothing: the class token goes from one normalisation to the other.
  const token = standardized(standardized(Float64Array.from(FILLED['visual.class_embedding']!)));
  const proj = FILLED['visual.proj']!;
  const expected = Float64Array.from({ length: EMBED }, (_, e) =>
    token.reduce((sum, value, w) => sum + 2 * value * proj[w * EMBED + e]!, 0),
  );
  assert.ok(relativeError(features!, expected) < 1e-5);
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/checkpoint/index.ts';
import { type Inspection, inspectWeights, type Oddity } from '../../src/cli/inspect-weights.ts';
import { coopBench, f32, fixture, projectFile, SUITE, workFolder } from './command.ts';

const folder = workFolder();
const vit = fixture('checkpoints/vit.openai.safetensors');
const rn = fixture('checkpoints/rn.openai.safetensors');
const tensorsOf = (path: string): Map<string, StoredTensor> => new Map(readSafetensors(path).tensors);

let files = 0;
/** A copy of a model with changes; null takes a tensor out. */
function changed(path: string, changes: Readonly<Record<string, StoredTensor | null>>): string {
  const tensors = tensorsOf(path);
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor === null) tensors.delete(name);
    else tensors.set(name, tensor);
  }
  const out = join(folder, `changed-${files++}.safetensors`);
  writeSafetensors(out, tensors);
  return out;
}

const brief = ({ odd }: Inspection): [Oddity['kind'], string | null][] =>
  odd.map(({ kind, tensor }) => [kind, tensor]);

describe('a sound checkpoint', () => {
  it('has nothing odd in any format, and the same sizes', async () => {
    // Numbers of parameters by torch: sum(p.numel()) over all tensors but the statistics of batch norms.
    for (const [name, formats] of [
      [
        'vit',
        [
          'vit.openai.safetensors',
          'vit.state_dict.pt',
          'vit.torchscript.pt',
          'vit.training_checkpoint.pt',
          'hf-vit',
        ],
      ],
      ['rn', ['rn.openai.safetensors', 'rn.state_dict.pt', 'rn.torchscript.pt', 'rn.training_checkpoint.pt']],
    ] as const) {
      const trained = [...tensorsOf(name === 'vit' ? vit : rn)].filter(
        ([tensor]) => !/running_|num_batches|input_resolution|context_length|vocab_size/.test(tensor),
      );
      const parameters = trained.reduce((sum, [, { data }]) => sum + data.length, 0);
      for (const format of formats) {
        const found = await inspectWeights(fixture(`checkpoints/${format}`));
        assert.deepEqual(found.odd, [], format);
        assert.equal(found.parameters, parameters, format);
        assert.equal(found.architecture?.vision.kind, name === 'vit' ? 'vit' : 'resnet');
        assert.ok(found.facts !== null && found.format !== null);
      }
    }
  });

  it('is named by the bytes of its file', async () => {
    const bytes = readFileSync(vit);
    const found = await inspectWeights(vit);
    assert.equal(found.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(found.bytes, bytes.length);
    assert.equal(found.published, null);
  });
});

describe('what is odd', () => {
  it('NaN and infinities are counted by tensor', async () => {
    const scale = Array.from({ length: 64 }, (_, i) => [Number.NaN, Number.NEGATIVE_INFINITY, 1, 1][i % 4]!);
    const found = await inspectWeights(changed(vit, { 'ln_final.weight': f32([64], scale) }));
    assert.deepEqual(brief(found), [['not-finite', 'ln_final.weight']]);
    assert.equal(found.odd[0]!.message, 'of 64 numbers, 16 NaN and 16 infinite');
    const tensor = found.tensors.find(({ name }) => name === 'ln_final.weight');
    assert.deepEqual(tensor, { name: 'ln_final.weight', dtype: 'F32', shape: [64], nan: 16, infinite: 16 });
  });

  it('missing, misshapen and surplus tensors are named, all of them', async () => {
    const changes = {
      'visual.ln_post.bias': null,
      'transformer.resblocks.1.attn.in_proj_bias': f32([191], new Float32Array(191)),
      'visual.transformer.resblocks.0.mlp.c_proj.bias': null,
      'transformer.resblocks.7.ln_1.bias': f32([64], new Float32Array(64)),
    };
    const found = await inspectWeights(changed(vit, changes));
    const kinds = new Set(brief(found).map(([kind, tensor]) => `${kind} ${tensor}`));
    for (const expected of [
      'missing visual.ln_post.bias',
      'misshapen transformer.resblocks.1.attn.in_proj_bias',
      'missing visual.transformer.resblocks.0.mlp.c_proj.bias',
      // A third block that is called the eighth: one of the two is wrong.
      'missing transformer.resblocks.2.ln_1.bias',
      'unexpected transformer.resblocks.7.ln_1.bias',
    ]) {
      assert.ok(kinds.has(expected), `${expected} not in ${[...kinds].join('\n')}`);
    }
    assert.match(
      found.odd.find(({ kind }) => kind === 'misshapen')!.message,
      /should be \[192\], is \[191\]/,
    );
  });

  it('every tensor of a ResNet is missed when it is not there', async () => {
    const names = [...tensorsOf(rn).keys()].filter(
      (name) => !/num_batches|input_resolution|context_length|vocab_size/.test(name),
    );
    // One in nine: the test is about the table of names.
    for (const name of names.filter((_, i) => i % 9 === 0)) {
      const found = await inspectWeights(changed(rn, { [name]: null }));
      assert.ok(
        found.odd.some(({ tensor, message }) => tensor === name || message.includes(name)),
        `${name}: ${JSON.stringify(found.odd)}`,
      );
    }
  });

  it('a model of another kind is said to be none, and its tensors are still counted', async () => {
    const path = join(folder, 'other.safetensors');
    writeSafetensors(path, { 'encoder.weight': f32([2, 3], [1, 2, 3, 4, 5, 6]) });
    const found = await inspectWeights(path);
    assert.deepEqual(brief(found), [['no-clip', null]]);
    assert.deepEqual(found.dtypes, { F32: 1 });
    assert.equal(found.architecture, null);
  });

  it('tensors of another architecture within the towers are unexpected', async () => {
    const found = await inspectWeights(changed(vit, { 'visual.extra.weight': f32([1], [1]) }));
    assert.deepEqual(brief(found), [['unexpected', null]]);
    assert.match(found.odd[0]!.message, /visual\.extra\.weight/);
  });

  it('a file that is cut off keeps its size and hash', async () => {
    for (const name of ['vit.openai.safetensors', 'vit.torchscript.pt']) {
      const path = join(folder, `cut-${name}`);
      const bytes = readFileSync(fixture(`checkpoints/${name}`));
      writeFileSync(path, bytes.subarray(0, bytes.length / 2));
      const found = await inspectWeights(path);
      assert.deepEqual(brief(found), [['unreadable', null]]);
      assert.equal(found.bytes, Math.floor(bytes.length / 2));
      assert.equal(found.format, null);
    }
  });

  it('a folder whose weights are damaged is told by that file', async () => {
    const made = join(folder, 'damaged-folder');
    mkdirSync(made);
    const bytes = readFileSync(vit).subarray(0, 5000);
    writeFileSync(join(made, 'model.safetensors'), bytes);
    const found = await inspectWeights(made);
    assert.deepEqual(brief(found), [['unreadable', null]]);
    assert.equal(found.sha256, createHash('sha256').update(bytes).digest('hex'));
  });

  it('a damaged tensor of an archive is named, and the others are read', async () => {
    const path = join(folder, 'flipped.pt');
    const bytes = readFileSync(fixture('checkpoints/vit.state_dict.pt'));
    // A byte in the middle of the file lies in the data of a tensor.
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at]! ^ 0xff;
    writeFileSync(path, bytes);
    const found = await inspectWeights(path);
    assert.deepEqual(brief(found), [['unreadable', 'token_embedding.weight']]);
    assert.equal(found.tensors.filter(({ nan }) => nan === 0).length, 61);
    assert.notEqual(found.architecture, null);
  });
});

describe('coop-bench checkpoint inspect', SUITE, () => {
  it('prints what a model is; nothing odd ends with 0', async () => {
    const { code, stdout, stderr } = await coopBench(['checkpoint', 'inspect', vit]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^format +safetensors$/m);
    assert.match(stdout, /^pictures +ViT, 2 layers, width 64, 1 heads, patches of 8, 32 px$/m);
    assert.match(stdout, /^parameters +484,929$/m);
    assert.match(stdout, /^mean +0\.48145466 0\.4578275 0\.40821073$/m);
    assert.match(stdout, /^odd +nothing$/m);
  });

  it('something odd ends with 1, in words and in JSON', async () => {
    const path = changed(vit, {
      'visual.ln_post.bias': null,
      'visual.ln_pre.bias': f32([64], new Array(64).fill(Number.NaN)),
    });
    const plain = await coopBench(['checkpoint', 'inspect', path, '--tensors']);
    assert.equal(plain.code, 1, plain.stderr);
    assert.match(plain.stdout, /^odd +2$/m);
    assert.match(plain.stdout, /^ {2}missing +visual\.ln_post\.bias: should be there, \[64\]$/m);
    assert.match(plain.stdout, /^F32 +visual\.ln_pre\.bias \[64\] {2}64 NaN, 0 infinite$/m);
    const json = await coopBench(['checkpoint', 'inspect', path, '--json']);
    assert.equal(json.code, 1);
    const found = JSON.parse(json.stdout);
    assert.deepEqual(found.odd.map(({ kind }: Oddity) => kind).sort(), ['missing', 'not-finite']);
    assert.equal(found.tensors, undefined);
    assert.equal(found.tensorCount, tensorsOf(path).size);
  });

  it('a name is looked for among what was downloaded', async () => {
    const cache = join(folder, 'cache');
    const missing = await coopBench(['checkpoint', 'inspect', 'ViT-B/32', '--cache', cache]);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /NOT_DOWNLOADED[\s\S]*checkpoint download ViT-B\/32/);
    const commit = 'a'.repeat(40);
    const model = join(cache, 'checkpoints/hf/owner/model', commit);
    mkdirSync(model, { recursive: true });
    copyFileSync(fixture('checkpoints/hf-vit/config.json'), join(model, 'config.json'));
    copyFileSync(fixture('checkpoints/hf-vit/model.safetensors'), join(model, 'model.safetensors'));
    writeFileSync(
      join(model, 'download.json'),
      JSON.stringify({
        commit,
        weights: 'model.safetensors',
        files: [{ name: 'config.json', size: statSync(join(model, 'config.json')).size, digest: '' }],
      }),
    );
    const found = await coopBench([
      'checkpoint',
      'inspect',
      `hf:owner/model@${commit}`,
      '--cache',
      cache,
      '--json',
    ]);
    assert.equal(found.code, 0, found.stderr);
    assert.equal(JSON.parse(found.stdout).path, model);
  });

  it('no such file is a wrong request; the model that comes along is known by name', async () => {
    const nothing = await coopBench(['checkpoint', 'inspect', join(folder, 'nothing.pt')]);
    assert.equal(nothing.code, 2);
    const own = await coopBench(['checkpoint', 'inspect', 'icon-clip-rn', '--json']);
    assert.equal(own.code, 0);
    assert.equal(JSON.parse(own.stdout).path, projectFile('models/icon-clip-rn.safetensors'));
  });
});

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  encodeTorchFile,
  readSafetensors,
  type StoredTensor,
  toFloat32,
  toInt32,
  weightsSha256,
  writeSafetensors,
} from '../../src/checkpoint/index.ts';
import {
  type Checkpoint,
  encodeImages,
  encodeTokens,
  openCheckpoint,
  readTextWeights,
} from '../../src/clip/index.ts';
import * as ir from '../../src/ir/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';

const architecture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/architectures/${name}`, import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/checkpoints/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'coop-bench-formats-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const tensorsOf = (path: string) => new Map(readSafetensors(path).tensors);

/** Both sides compute in float32; the order of sums differs. */
const TOLERANCE = 1e-5;

/** Image and text features of the inputs in a file of expectations. */
async function featuresOf(checkpoint: Checkpoint, expected: ReadonlyMap<string, StoredTensor>) {
  const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
  const tokens = toInt32(expected.get('tokens')!, 'tokens');
  const length = text.architecture.contextLength;
  const count = tokens.length / length;
  const eot = Int32Array.from({ length: count }, (_, row) => {
    const ids = tokens.subarray(row * length, (row + 1) * length);
    return row * length + ids.indexOf(ids.reduce((a, b) => Math.max(a, b)));
  });
  const executable = await onnxEngine().compile(
    ir.makeGraph({
      image: encodeImages(checkpoint, count),
      text: encodeTokens(
        ir.input('tokens', [count, length], 'int32'),
        ir.input('eot', [count], 'int32'),
        text,
      ),
    }),
  );
  const made = await executable.run({ image: toFloat32(expected.get('image')!), tokens, eot });
  await executable.dispose();
  return made as { image: Float32Array; text: Float32Array };
}

async function assertFeatures(path: string, expectedFile: string): Promise<void> {
  const checkpoint = await openCheckpoint(path);
  const expected = tensorsOf(expectedFile);
  const made = await featuresOf(checkpoint, expected);
  checkpoint.close();
  for (const side of ['image', 'text'] as const) {
    const error = relativeError(made[side], toFloat32(expected.get(`${side}_features`)!));
    assert.ok(error < TOLERANCE, `${side} features: ${error}`);
  }
}

const FORMATS = ['openai.safetensors', 'state_dict.pt', 'training_checkpoint.pt', 'torchscript.pt'];

describe('features equal the reference implementation', () => {
  for (const model of ['vit', 'rn']) {
    for (const format of FORMATS) {
      it(`for ${model}.${format}`, () =>
        assertFeatures(fixture(`${model}.${format}`), fixture(`${model}.expected.safetensors`)));
    }
  }

  it('for a Hugging Face folder', () =>
    assertFeatures(fixture('hf-vit'), fixture('hf-vit/expected.safetensors')));

  it('for the weights in that folder, named themselves', () =>
    assertFeatures(fixture('hf-vit/model.safetensors'), fixture('hf-vit/expected.safetensors')));

  it('for safetensors in shards with an index', async () => {
    const sharded = join(folder, 'sharded');
    cpSync(fixture('hf-vit'), sharded, { recursive: true });
    rmSync(join(sharded, 'model.safetensors'));
    const tensors = [...tensorsOf(fixture('hf-vit/model.safetensors'))];
    const weightMap: Record<string, string> = {};
    for (const shard of [0, 1, 2]) {
      const name = `model-0000${shard + 1}-of-00003.safetensors`;
      const part = tensors.filter((_, i) => i % 3 === shard);
      writeSafetensors(join(sharded, name), new Map(part));
      for (const [tensor] of part) weightMap[tensor] = name;
    }
    writeFileSync(join(sharded, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
    await assertFeatures(sharded, fixture('hf-vit/expected.safetensors'));
    const { files } = await openCheckpoint(sharded);
    assert.equal(files.length, 3);
    assert.match(await weightsSha256(files), /^[0-9a-f]{64}$/);

    rmSync(files[1]!);
    await assert.rejects(openCheckpoint(sharded), { code: 'FILE_UNREADABLE' });
    writeFileSync(
      join(sharded, 'model.safetensors.index.json'),
      JSON.stringify({ weight_map: { a: '../../outside.safetensors' } }),
    );
    await assert.rejects(openCheckpoint(sharded), { code: 'SHARD_INDEX_DAMAGED' });
  });

  it("for PyTorch's shards with an index", async () => {
    const sharded = join(folder, 'torch-shards');
    cpSync(fixture('hf-vit/config.json'), join(sharded, 'config.json'));
    const tensors = [...tensorsOf(fixture('hf-vit/model.safetensors'))];
    const weightMap: Record<string, string> = {};
    for (const shard of [0, 1]) {
      const name = `pytorch_model-0000${shard + 1}-of-00002.bin`;
      const part = new Map(tensors.filter((_, i) => i % 2 === shard));
      writeFileSync(join(sharded, name), encodeTorchFile(part));
      for (const tensor of part.keys()) weightMap[tensor] = name;
    }
    const index = join(sharded, 'pytorch_model.bin.index.json');
    writeFileSync(index, JSON.stringify({ weight_map: weightMap }));
    await assertFeatures(sharded, fixture('hf-vit/expected.safetensors'));

    // A shard that is a folder could hold an index that names it again.
    mkdirSync(join(sharded, 'folder.bin'));
    for (const [shard, code] of [
      ['folder.bin', 'FILE_UNREADABLE'],
      ['pytorch_model.bin.index.json', 'SHARD_INDEX_DAMAGED'],
    ] as const) {
      writeFileSync(index, JSON.stringify({ weight_map: { logit_scale: shard } }));
      await assert.rejects(openCheckpoint(sharded), { code });
    }
  });

  it("for open_clip's separate text tower, whose names begin with text.", async () => {
    const path = join(folder, 'custom-text.safetensors');
    const renamed = [...tensorsOf(fixture('vit.openai.safetensors'))].map(
      ([name, tensor]) => [/^(visual|logit_scale)/.test(name) ? name : `text.${name}`, tensor] as const,
    );
    writeSafetensors(path, new Map(renamed));
    await assertFeatures(path, fixture('vit.expected.safetensors'));
  });
});

describe('features of sizes nobody tuned for equal those of the library the model is of', () => {
  const cases = {
    'gelu-vit': "open_clip's ViT: GELU, 3 heads of 16, a narrow MLP, 42 px, 20 tokens of context",
    'gelu-custom-text': "open_clip's CustomTextCLIP: names behind text., one layer, odd width",
    'quick-resnet': "open_clip's ModifiedResNet: QuickGELU, 8 heads of 24, uneven stages, width 6",
    'hf-gelu':
      "transformers' CLIPModel in shards: GELU, epsilon 1e-3, 5 and 3 heads, patches that leave a rest",
  };
  for (const [name, title] of Object.entries(cases)) {
    it(`${name}, ${title}`, () =>
      assertFeatures(architecture(name), architecture(`${name}/expected.safetensors`)));
  }

  it("with preprocessor_config.json's normalisation", async () => {
    const { facts } = await openCheckpoint(architecture('hf-gelu'));
    assert.deepEqual(facts.normalization, { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] });
  });
});

describe('activations', () => {
  const openClip = (quickGelu: boolean | undefined) => ({
    model_cfg: {
      embed_dim: 32,
      ...(quickGelu !== undefined && { quick_gelu: quickGelu }),
      vision_cfg: { image_size: 32, layers: 2, width: 64, patch_size: 8 },
      text_cfg: { context_length: 77, vocab_size: 4096, width: 64, heads: 1, layers: 2 },
    },
    preprocess_cfg: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.5, 0.5] },
  });
  const openClipFolder = (name: string, config: object): string => {
    const made = join(folder, name);
    cpSync(fixture('vit.openai.safetensors'), join(made, 'open_clip_model.safetensors'));
    writeFileSync(join(made, 'open_clip_config.json'), JSON.stringify(config));
    return made;
  };

  it('are plain GELU for an open_clip configuration that does not ask for QuickGELU', async () => {
    const checkpoint = await openCheckpoint(openClipFolder('plain', openClip(undefined)));
    assert.equal(checkpoint.architecture.text.activation, 'gelu');
    assert.deepEqual(checkpoint.facts.normalization, { mean: [0.5, 0.5, 0.5], std: [0.25, 0.5, 0.5] });
    const expected = tensorsOf(fixture('vit.expected.safetensors'));
    const { text } = await featuresOf(checkpoint, expected);
    const quick = toFloat32(expected.get('text_features')!);
    assert.ok(relativeError(text, quick) > 1e-3, 'GELU gives other features than QuickGELU');
  });

  it('are QuickGELU where the configuration asks for it', () =>
    assertFeatures(openClipFolder('quick', openClip(true)), fixture('vit.expected.safetensors')));

  it('follow what is asked for, over what the files say', async () => {
    const path = openClipFolder('asked', openClip(false));
    const checkpoint = await openCheckpoint(path, 'quickgelu');
    assert.equal(
      checkpoint.architecture.vision.kind === 'vit' && checkpoint.architecture.vision.activation,
      'quickgelu',
    );
  });

  it('are known from a TorchScript archive, and not from bare tensors', async () => {
    assert.equal((await openCheckpoint(fixture('vit.torchscript.pt'))).facts.activationKnown, true);
    assert.equal((await openCheckpoint(fixture('vit.openai.safetensors'))).facts.activationKnown, false);
  });

  it('follow the name of an open_clip file', async () => {
    const path = join(folder, 'ViT-B-32-laion2b_s34b_b79k.safetensors');
    cpSync(fixture('vit.openai.safetensors'), path);
    const { architecture, facts } = await openCheckpoint(path);
    assert.equal(architecture.text.activation, 'gelu');
    assert.equal(facts.activationKnown, false, 'a name only suggests it');
  });
});

describe('what is no CLIP of a known architecture is refused', () => {
  const variant = (name: string, change: (tensors: Map<string, StoredTensor>) => void): string => {
    const tensors = tensorsOf(fixture('vit.openai.safetensors'));
    change(tensors);
    const path = join(folder, name);
    writeSafetensors(path, tensors);
    return path;
  };

  it('with tensors within the towers that would be left out', async () => {
    const path = variant('layer-scale.safetensors', (tensors) =>
      tensors.set('visual.transformer.resblocks.0.ls_1.gamma', tensors.get('visual.ln_pre.weight')!),
    );
    await assert.rejects(openCheckpoint(path), {
      code: 'CHECKPOINT_UNKNOWN_TENSOR',
      message: /resblocks\.0\.ls_1\.gamma/,
    });
  });

  it('but not with tensors beside the towers', async () => {
    const path = variant('head.safetensors', (tensors) =>
      tensors.set('classifier.weight', tensors.get('visual.ln_pre.weight')!),
    );
    await assertFeatures(path, fixture('vit.expected.safetensors'));
  });

  it('without any blocks in a tower', async () => {
    for (const tower of ['visual.transformer.', 'transformer.']) {
      const path = variant(`no-blocks-${tower}safetensors`, (tensors) => {
        for (const name of [...tensors.keys()]) if (name.startsWith(tower)) tensors.delete(name);
      });
      await assert.rejects(openCheckpoint(path), {
        code: 'CHECKPOINT_TENSOR_MISSING',
        message: new RegExp(`${tower}resblocks\\.0\\.mlp\\.c_fc\\.weight is missing`),
      });
    }
  });

  it('for pictures of a size that a ResNet brings to no whole grid', async () => {
    const made = join(folder, 'resnet-72');
    cpSync(architecture('quick-resnet'), made, { recursive: true });
    const config = join(made, 'open_clip_config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"image_size": 64', '"image_size": 72'));
    await assert.rejects(openCheckpoint(made), { code: 'CHECKPOINT_SHAPE', message: /72 pixels/ });
  });

  it('with a missing tensor, named as the file would name it', async () => {
    const tensors = tensorsOf(fixture('hf-vit/model.safetensors'));
    tensors.delete('text_model.encoder.layers.1.self_attn.k_proj.bias');
    const path = join(folder, 'no-key-bias.safetensors');
    writeSafetensors(path, tensors);
    const { weights, architecture } = await openCheckpoint(path);
    assert.throws(() => readTextWeights(weights, architecture), {
      code: 'CHECKPOINT_TENSOR_MISSING',
      message: /text_model\.encoder\.layers\.1\.self_attn\.k_proj\.bias is missing/,
    });
  });

  it('in a folder without weights, with a broken configuration, or of another activation', async () => {
    await assert.rejects(openCheckpoint(join(folder, '..')), { code: 'NO_WEIGHTS' });
    for (const [name, config, code] of [
      ['broken', '{"text_config": ', 'MODEL_CONFIG_DAMAGED'],
      ['relu', '{"text_config": {"hidden_act": "relu"}}', 'MODEL_CONFIG_UNSUPPORTED'],
      ['sizes', '{"vision_config": {"num_attention_heads": "many"}}', 'MODEL_CONFIG_DAMAGED'],
      ['siglip', '{"model_type": "siglip", "text_config": {}}', 'MODEL_CONFIG_UNSUPPORTED'],
    ] as const) {
      const made = join(folder, name);
      cpSync(fixture('hf-vit'), made, { recursive: true });
      writeFileSync(join(made, 'config.json'), config);
      await assert.rejects(openCheckpoint(made), { code });
    }
  });
});

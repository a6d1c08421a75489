import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Activation } from '../../src/checkpoint/index.ts';
import { openModel } from '../../src/cli/backbones.ts';
import { fixture, workFolder } from './command.ts';

const folder = workFolder();
const bare = fixture('checkpoints/vit.openai.safetensors');

async function opened(name: string, cache?: string, activation?: Activation) {
  const said: string[] = [];
  const checkpoint = await openModel(name, 'backbone', { cache, activation, say: (line) => said.push(line) });
  checkpoint.close();
  return { activation: checkpoint.architecture.text.activation, said };
}

describe('a model whose activation nothing says', () => {
  it('is taken to have QuickGELU, and a person is told', async () => {
    const { activation, said } = await opened(bare);
    assert.equal(activation, 'quickgelu');
    assert.equal(said.length, 1);
    assert.match(said[0]!, /vit\.openai\.safetensors: taken to have QuickGELU.*--activation gelu/);
  });

  it('is taken to have GELU where its name suggests that, and a person is told', async () => {
    const path = join(folder, 'datacomp_xl.safetensors');
    copyFileSync(bare, path);
    const { activation, said } = await opened(path);
    assert.equal(activation, 'gelu');
    assert.match(said.join(), /plain GELU, as the name of the path suggests.*--activation quickgelu/);
  });

  it('is guessed aloud for a model of the hub that came without a configuration', async () => {
    const commit = 'b'.repeat(40);
    const cache = join(folder, 'cache');
    const model = join(cache, 'checkpoints/hf/owner/bare', commit);
    mkdirSync(model, { recursive: true });
    copyFileSync(bare, join(model, 'open_clip_model.safetensors'));
    const file = { name: 'open_clip_model.safetensors', size: statSync(bare).size, digest: '' };
    const manifest = { commit, weights: file.name, files: [file] };
    writeFileSync(join(model, 'download.json'), JSON.stringify(manifest));
    const { said } = await opened(`hf:owner/bare@${commit}`, cache);
    assert.match(said.join(), /^hf:owner\/bare@b+: taken to have QuickGELU/);
  });

  it('is not remarked on where it was asked for, or is known', async () => {
    assert.deepEqual(await opened(bare, undefined, 'gelu'), { activation: 'gelu', said: [] });
    assert.deepEqual((await opened(fixture('checkpoints/vit.torchscript.pt'))).said, []);
    assert.deepEqual((await opened('icon-clip-rn')).said, []);
  });
});

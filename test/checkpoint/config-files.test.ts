import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openWeights, writeSafetensors } from '../../src/checkpoint/index.ts';
import { UserError } from '../../src/config/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'coop-bench-configs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('configurations that leave things out', () => {
  /** Facts beside weights whose names are of the library that the configuration is of. */
  const facts = async (name: string, weights: string, config: string, content: object) => {
    const made = join(folder, name);
    mkdirSync(made);
    const tensors = new Map([[weights, { dtype: 'F32', shape: [1], data: new Float32Array(1) }] as const]);
    writeSafetensors(join(made, 'model.safetensors'), tensors);
    writeFileSync(join(made, config), JSON.stringify(content));
    const opened = await openWeights(made);
    opened.file.close();
    return opened.facts;
  };
  const huggingFace = (name: string, content: object) =>
    facts(name, 'text_model.final_layer_norm.bias', 'config.json', content);
  const openClip = (name: string, vision: object, text: object, more: object = {}) =>
    facts(name, 'ln_final.bias', 'open_clip_config.json', {
      model_cfg: { vision_cfg: vision, text_cfg: text },
      ...more,
    });

  it("have transformers' defaults: CLIPConfig() saves no more than its model_type", async () => {
    // transformers 4.38.2: CLIPTextConfig().num_attention_heads and so on.
    const plain = { activation: 'quickgelu', epsilon: 1e-5 };
    for (const [name, content] of [
      ['hf-bare', { model_type: 'clip' }],
      ['hf-widths', { model_type: 'clip', text_config: { hidden_size: 64 }, vision_config: null }],
    ] as const) {
      const { text, vision, resolution } = await huggingFace(name, content);
      assert.deepEqual([text, vision, resolution], [{ ...plain, heads: 8 }, { ...plain, heads: 12 }, 224]);
    }
  });

  it('of older transformers count by their ..._dict, which that library puts first', async () => {
    const { text } = await huggingFace('hf-dict', {
      text_config: { hidden_act: 'quick_gelu', num_attention_heads: 4 },
      text_config_dict: { hidden_act: 'gelu' },
    });
    assert.deepEqual(text, { activation: 'gelu', heads: 8, epsilon: 1e-5 });
  });

  it('of something that is no model say nothing', async () => {
    assert.equal((await huggingFace('hf-other', { name: 'my-package' })).activationKnown, false);
  });

  it("have open_clip's defaults: 8 heads of text, 64 wide ones of pictures", async () => {
    // open_clip 2.24.0: CLIPTextCfg and CLIPVisionCfg. 1280 / 64 = 20, where ViT-H/14 states 80 wide heads.
    const { text, vision, resolution } = await openClip('oc-bare', { width: 1280 }, { width: 768 });
    assert.deepEqual([text.heads, vision.heads, resolution], [8, 20, 224]);
    const norms = await openClip('oc-eps', { norm_kwargs: { eps: 1e-6 } }, {});
    assert.deepEqual([norms.vision.epsilon, norms.text.epsilon, norms.vision.heads], [1e-6, 1e-5, 12]);
  });

  it('are refused by name where they ask for what the tensors do not show', async () => {
    for (const [i, [vision, text, more, setting]] of (
      [
        [{ pool_type: 'avg' }, {}, {}, 'vision_cfg.pool_type'],
        [{}, { pool_type: 'last' }, {}, 'text_cfg.pool_type'],
        [{}, { no_causal_mask: true }, {}, 'text_cfg.no_causal_mask'],
        [{ act_kwargs: { approximate: 'tanh' } }, {}, {}, 'vision_cfg.act_kwargs'],
        [{ timm_model_name: 'vit_base' }, {}, {}, 'vision_cfg.timm_model_name'],
        [{}, {}, { preprocess_cfg: { resize_mode: 'squash' } }, 'preprocess_cfg.resize_mode'],
      ] as const
    ).entries()) {
      await assert.rejects(
        openClip(`oc-${i}`, vision, text, more),
        (error) =>
          error instanceof UserError &&
          error.code === 'MODEL_CONFIG_UNSUPPORTED' &&
          error.message.includes(setting),
        setting,
      );
    }
    const usual = { pool_type: 'tok', act_kwargs: null, final_ln_after_pool: false };
    await openClip(
      'oc-usual',
      usual,
      { pool_type: 'argmax' },
      { preprocess_cfg: { resize_mode: 'shortest' } },
    );
  });
});

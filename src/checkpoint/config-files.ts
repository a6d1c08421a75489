import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../config/index.ts';
import {
  type Activation,
  CLIP_NORMALIZATION,
  type ModelFacts,
  type Normalization,
  OPENAI_FACTS,
  type TowerFacts,
} from './facts.ts';

const colour = z.number().finite();
const colours = z.tuple([colour, colour, colour]);
const size = z.number().int().positive();

/** Fields of a Hugging Face CLIP tower that change what is computed. Source: transformers, CLIPConfig. */
const huggingFaceTower = z.object({
  hidden_act: z.string().default('quick_gelu'),
  num_attention_heads: size.optional(),
  layer_norm_eps: z.number().positive().default(OPENAI_FACTS.text.epsilon),
  image_size: size.optional(),
});
const huggingFaceConfig = z.object({
  model_type: z.string().optional(),
  text_config: huggingFaceTower.default(huggingFaceTower.parse({})),
  vision_config: huggingFaceTower.default(huggingFaceTower.parse({})),
});

/** Source: transformers, CLIPImageProcessor. */
const preprocessorConfig = z.object({ image_mean: colours.optional(), image_std: colours.optional() });

const openClipTower = z.object({
  width: size.optional(),
  heads: size.optional(),
  head_width: size.optional(),
  image_size: z.union([size, z.tuple([size, size])]).optional(),
  /** A list for a ResNet: its stages' blocks. */
  layers: z.union([size, z.array(size)]).optional(),
  timm_model_name: z.string().optional(),
  hf_model_name: z.string().optional(),
});
/** Source: open_clip, factory.py and model.py (CLIPVisionCfg, CLIPTextCfg). */
const openClipConfig = z.object({
  model_cfg: z.object({
    quick_gelu: z.boolean().default(false),
    vision_cfg: openClipTower,
    text_cfg: openClipTower,
  }),
  preprocess_cfg: z.object({ mean: colours.optional(), std: colours.optional() }).default({}),
});

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  const damaged = (found: string, cause?: unknown) =>
    new UserError('MODEL_CONFIG_DAMAGED', {
      where: path,
      expected: 'the configuration of a CLIP model, as JSON',
      found,
      hint: 'fetch the file again, or remove it if it does not belong to the weights beside it',
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error), error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw damaged(`${issue.path.join('.') || 'the whole'}: ${issue.message}`, parsed.error);
}

const ACTIVATION_NAMES: Readonly<Record<string, Activation>> = { quick_gelu: 'quickgelu', gelu: 'gelu' };

function huggingFaceFacts(path: string): ModelFacts {
  const config = readJson(path, huggingFaceConfig);
  const tower = (which: 'vision_config' | 'text_config'): TowerFacts => {
    const { hidden_act: name, num_attention_heads: heads, layer_norm_eps: epsilon } = config[which];
    const activation = Object.hasOwn(ACTIVATION_NAMES, name) ? ACTIVATION_NAMES[name] : undefined;
    if (activation !== undefined) return { activation, heads: heads ?? null, epsilon };
    throw new UserError('MODEL_CONFIG_UNSUPPORTED', {
      where: `${path}: ${which}.hidden_act`,
      expected: Object.keys(ACTIVATION_NAMES).join(' or '),
      found: JSON.stringify(name),
      hint: 'this is no CLIP whose features can be computed exactly here',
    });
  };
  return {
    vision: tower('vision_config'),
    text: tower('text_config'),
    resolution: config.vision_config.image_size ?? null,
    normalization: CLIP_NORMALIZATION,
    activationSource: 'as config.json beside the weights says',
    activationKnown: true,
  };
}

function openClipFacts(path: string): ModelFacts {
  const { model_cfg: model, preprocess_cfg: preprocess } = readJson(path, openClipConfig);
  const foreign = model.vision_cfg.timm_model_name ?? model.text_cfg.hf_model_name;
  if (foreign !== undefined) {
    throw new UserError('MODEL_CONFIG_UNSUPPORTED', {
      where: path,
      expected: "CLIP's own towers",
      found: `a tower of another library, ${JSON.stringify(foreign)}`,
      hint: "use a model whose towers are OpenAI's ViT or ModifiedResNet",
    });
  }
  const heads = ({ width, heads: count, head_width: headWidth, layers }: z.infer<typeof openClipTower>) => {
    if (count !== undefined || width === undefined || headWidth === undefined) return count ?? null;
    // A ResNet's heads are those of its attention pooling, 32 times as wide as its stem.
    return Math.floor(((Array.isArray(layers) ? 32 : 1) * width) / headWidth);
  };
  const { image_size: side } = model.vision_cfg;
  const activation = model.quick_gelu ? 'quickgelu' : 'gelu';
  const { epsilon } = OPENAI_FACTS.text;
  return {
    vision: { activation, heads: heads(model.vision_cfg), epsilon },
    text: { activation, heads: heads(model.text_cfg), epsilon },
    resolution: (Array.isArray(side) ? side[0] : side) ?? null,
    normalization: {
      mean: preprocess.mean ?? CLIP_NORMALIZATION.mean,
      std: preprocess.std ?? CLIP_NORMALIZATION.std,
    },
    activationSource: 'as open_clip_config.json beside the weights says',
    activationKnown: true,
  };
}

function readNormalization(path: string): Normalization {
  const { image_mean: mean, image_std: std } = readJson(path, preprocessorConfig);
  return { mean: mean ?? CLIP_NORMALIZATION.mean, std: std ?? CLIP_NORMALIZATION.std };
}

/**
 * What the configuration files in the weights' folder say about a model, or null if there are none.
 *
 * Read are `config.json` (Hugging Face, where it is a CLIP's), `preprocessor_config.json` for its normalisation, and
 * `open_clip_config.json`. A folder that holds both kinds gets the facts of the kind its weights are named after.
 *
 * @param names Whose tensor names the weights have.
 * @throws {UserError} MODEL_CONFIG_DAMAGED, MODEL_CONFIG_UNSUPPORTED
 */
export function factsBeside(folder: string, names: 'openai' | 'huggingface'): ModelFacts | null {
  const has = (name: string) => existsSync(join(folder, name));
  if (names === 'openai') {
    return has('open_clip_config.json') ? openClipFacts(join(folder, 'open_clip_config.json')) : null;
  }
  if (!has('config.json')) return null;
  const facts = huggingFaceFacts(join(folder, 'config.json'));
  if (!has('preprocessor_config.json')) return facts;
  return { ...facts, normalization: readNormalization(join(folder, 'preprocessor_config.json')) };
}

import { z } from 'zod';
import { colours, OTHER_PICTURES, readJson, size, unsupported } from './config-json.ts';
import {
  type Activation,
  CLIP_NORMALIZATION,
  type ModelFacts,
  type Normalization,
  OPENAI_FACTS,
  type TowerFacts,
} from './facts.ts';

/**
 * Fields of a Hugging Face CLIP tower that change what is computed. transformers leaves out of a file what equals its
 * own defaults, so these stand here, whatever the other sizes are.
 *
 * Source: transformers, configuration_clip.py.
 */
const huggingFaceTower = (heads: number) =>
  z.object({
    hidden_act: z.string().default('quick_gelu'),
    num_attention_heads: size.default(heads),
    layer_norm_eps: z.number().positive().default(OPENAI_FACTS.text.epsilon),
  });
const huggingFaceText = huggingFaceTower(8);
const huggingFaceVision = huggingFaceTower(12).extend({ image_size: size.default(224) });
const huggingFaceConfig = z.object({
  model_type: z.string().nullish(),
  text_config: huggingFaceText.nullish(),
  vision_config: huggingFaceVision.nullish(),
  /** Older files have these; where they are set, they count instead. */
  text_config_dict: huggingFaceText.nullish(),
  vision_config_dict: huggingFaceVision.nullish(),
});

/** Source: transformers, CLIPImageProcessor. */
const preprocessorConfig = z.object({
  image_mean: colours.optional(),
  image_std: colours.optional(),
  resample: z.number().nullish(),
});
/** Pillow's number of the bicubic filter, the only one that pictures are resized with here. */
const BICUBIC = 3;

const ACTIVATION_NAMES: Readonly<Record<string, Activation>> = { quick_gelu: 'quickgelu', gelu: 'gelu' };

/**
 * What a Hugging Face `config.json` says; null if it is the configuration of something that is no model.
 * @throws {UserError} MODEL_CONFIG_DAMAGED, MODEL_CONFIG_UNSUPPORTED
 */
export function huggingFaceFacts(path: string): ModelFacts | null {
  const config = readJson(path, huggingFaceConfig);
  const { model_type: type = null } = config;
  const text = config.text_config_dict ?? config.text_config;
  const vision = config.vision_config_dict ?? config.vision_config;
  if (type === null && !text && !vision) return null;
  if (type !== null && type !== 'clip') {
    throw unsupported(
      `${path}: model_type`,
      '"clip"',
      type,
      'use a CLIP model; if the file does not belong to the weights beside it, remove it',
    );
  }
  const tower = (which: string, fields: z.infer<typeof huggingFaceText>): TowerFacts => {
    const { hidden_act: name, num_attention_heads: heads, layer_norm_eps: epsilon } = fields;
    const activation = Object.hasOwn(ACTIVATION_NAMES, name) ? ACTIVATION_NAMES[name] : undefined;
    if (activation !== undefined) return { activation, heads, epsilon };
    const known = Object.keys(ACTIVATION_NAMES).join(' or ');
    const hint = 'this is no CLIP whose features can be computed exactly here';
    throw unsupported(`${path}: ${which}.hidden_act`, known, name, hint);
  };
  const visionFields = vision ?? huggingFaceVision.parse({});
  return {
    vision: tower('vision_config', visionFields),
    text: tower('text_config', text ?? huggingFaceText.parse({})),
    resolution: visionFields.image_size,
    normalization: CLIP_NORMALIZATION,
    activationSource: 'as config.json beside the weights says',
    activationKnown: true,
  };
}

/** The normalisation that a `preprocessor_config.json` says. @throws {UserError} As `huggingFaceFacts`. */
export function readNormalization(path: string): Normalization {
  const { image_mean: mean, image_std: std, resample } = readJson(path, preprocessorConfig);
  if (typeof resample === 'number' && resample !== BICUBIC) {
    throw unsupported(`${path}: resample`, `${BICUBIC} (bicubic)`, resample, OTHER_PICTURES);
  }
  return { mean: mean ?? CLIP_NORMALIZATION.mean, std: std ?? CLIP_NORMALIZATION.std };
}

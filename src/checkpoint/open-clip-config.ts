import { z } from 'zod';
import { colours, OTHER_PICTURES, readJson, size, unsupported } from './config-json.ts';
import { CLIP_NORMALIZATION, type ModelFacts, OPENAI_FACTS } from './facts.ts';

const openClipTower = z.looseObject({
  heads: size.optional(),
  head_width: size.default(64),
  image_size: z.union([size, z.tuple([size, size])]).optional(),
  /** A list for a ResNet: its stages' blocks. */
  layers: z.union([size, z.array(size)]).optional(),
  norm_kwargs: z.strictObject({ eps: z.number().positive().optional() }).nullish(),
});
/** Source: open_clip, factory.py and model.py (CLIPVisionCfg, CLIPTextCfg), with its defaults. */
const openClipConfig = z.object({
  model_cfg: z.object({
    quick_gelu: z.boolean().default(false),
    vision_cfg: openClipTower.extend({ width: size.default(768) }),
    text_cfg: openClipTower.extend({ width: size.default(512) }),
  }),
  preprocess_cfg: z
    .object({
      mean: colours.optional(),
      std: colours.optional(),
      interpolation: z.string().nullish(),
      resize_mode: z.string().nullish(),
    })
    .default({}),
});

/**
 * Settings of open_clip that change what is computed without leaving a trace in the tensors, and the values with
 * which a tower is CLIP's own. What adds or removes tensors is noticed by their names.
 */
const OPEN_CLIP_SETTINGS: Readonly<Record<string, readonly unknown[]>> = {
  timm_model_name: [],
  hf_model_name: [],
  act_kwargs: [],
  global_average_pool: [false],
  final_ln_after_pool: [false],
  no_causal_mask: [false],
  input_patchnorm: [false],
};

/** How pictures are brought to size; other ways would give other features without a word. */
const OPEN_CLIP_PICTURES = { interpolation: 'bicubic', resize_mode: 'shortest' } as const;

function checkTower(where: string, tower: z.infer<typeof openClipTower>, pooling: string): void {
  const settings: typeof OPEN_CLIP_SETTINGS = { ...OPEN_CLIP_SETTINGS, pool_type: [pooling] };
  for (const [setting, usual] of Object.entries(settings)) {
    const value: unknown = Object.hasOwn(tower, setting) ? tower[setting] : null;
    if (value === null || value === undefined || usual.includes(value)) continue;
    throw unsupported(
      `${where}.${setting}`,
      usual.length === 0
        ? "none, as in CLIP's own towers"
        : usual.map((one) => JSON.stringify(one)).join(' or '),
      value,
      "use a model whose towers are OpenAI's ViT or ModifiedResNet",
    );
  }
}

/** What an `open_clip_config.json` says. @throws {UserError} MODEL_CONFIG_DAMAGED, MODEL_CONFIG_UNSUPPORTED */
export function openClipFacts(path: string): ModelFacts {
  const { model_cfg: model, preprocess_cfg: preprocess } = readJson(path, openClipConfig);
  const { vision_cfg: vision, text_cfg: text } = model;
  checkTower(`${path}: vision_cfg`, vision, 'tok');
  checkTower(`${path}: text_cfg`, text, 'argmax');
  for (const [setting, usual] of Object.entries(OPEN_CLIP_PICTURES)) {
    const value = preprocess[setting as keyof typeof OPEN_CLIP_PICTURES];
    if (value && value !== usual) {
      throw unsupported(`${path}: preprocess_cfg.${setting}`, JSON.stringify(usual), value, OTHER_PICTURES);
    }
  }
  // A ResNet's heads are those of its attention pooling, 32 times as wide as its stem.
  const pooled = (Array.isArray(vision.layers) ? 32 : 1) * vision.width;
  const { image_size: side } = vision;
  const activation = model.quick_gelu ? 'quickgelu' : 'gelu';
  const { epsilon } = OPENAI_FACTS.text;
  return {
    vision: {
      activation,
      heads: Math.max(1, Math.floor(pooled / vision.head_width)),
      epsilon: vision.norm_kwargs?.eps ?? epsilon,
    },
    text: { activation, heads: text.heads ?? 8, epsilon: text.norm_kwargs?.eps ?? epsilon },
    resolution: (Array.isArray(side) ? side[0] : side) ?? 224,
    normalization: {
      mean: preprocess.mean ?? CLIP_NORMALIZATION.mean,
      std: preprocess.std ?? CLIP_NORMALIZATION.std,
    },
    activationSource: 'as open_clip_config.json beside the weights says',
    activationKnown: true,
  };
}

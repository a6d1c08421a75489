/** How one tensor under OpenAI's name is made of a file's tensors: stacked along the first axis, or turned. */
export interface TensorRecipe {
  readonly parts: readonly string[];
  readonly transposed: boolean;
}

const plain = (name: string): TensorRecipe => ({ parts: [name], transposed: false });

/** Names outside the blocks, without `.weight` and `.bias`. Source: transformers, modeling_clip.py. */
const OUTSIDE: Readonly<Record<string, string>> = {
  'vision_model.pre_layrnorm': 'visual.ln_pre',
  'vision_model.post_layernorm': 'visual.ln_post',
  'text_model.final_layer_norm': 'ln_final',
};

const SINGLE: Readonly<Record<string, readonly [openai: string, transposed: boolean]>> = {
  logit_scale: ['logit_scale', false],
  'vision_model.embeddings.class_embedding': ['visual.class_embedding', false],
  'vision_model.embeddings.patch_embedding.weight': ['visual.conv1.weight', false],
  'vision_model.embeddings.position_embedding.weight': ['visual.positional_embedding', false],
  'visual_projection.weight': ['visual.proj', true],
  'text_model.embeddings.token_embedding.weight': ['token_embedding.weight', false],
  'text_model.embeddings.position_embedding.weight': ['positional_embedding', false],
  'text_projection.weight': ['text_projection', true],
};

const IN_BLOCK: Readonly<Record<string, string>> = {
  'self_attn.out_proj': 'attn.out_proj',
  layer_norm1: 'ln_1',
  layer_norm2: 'ln_2',
  'mlp.fc1': 'mlp.c_fc',
  'mlp.fc2': 'mlp.c_proj',
};

const PREFIX: Readonly<Record<string, string>> = { vision: 'visual.transformer', text: 'transformer' };

/** OpenAI's name and recipe of a Hugging Face CLIP's tensor, `harmless`, or null for a name that is not CLIP's. */
export function huggingFaceRole(
  name: string,
): { readonly name: string; readonly recipe: TensorRecipe } | 'harmless' | null {
  if (/(?:^|\.)position_ids$/.test(name)) return 'harmless';
  if (Object.hasOwn(SINGLE, name)) {
    const [openai, transposed] = SINGLE[name]!;
    return { name: openai, recipe: { parts: [name], transposed } };
  }
  const [, stem, kind] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  if (stem === undefined || kind === undefined) return null;
  if (Object.hasOwn(OUTSIDE, stem)) return { name: `${OUTSIDE[stem]}.${kind}`, recipe: plain(name) };
  const [, tower, layer, part] = /^(vision|text)_model\.encoder\.layers\.(\d+)\.(.*)$/.exec(stem) ?? [];
  if (tower === undefined || part === undefined) return null;
  const block = `${PREFIX[tower]}.resblocks.${layer}.`;
  if (/^self_attn\.[qkv]_proj$/.test(part)) {
    const attention = `${tower}_model.encoder.layers.${layer}.self_attn.`;
    const parts = ['q', 'k', 'v'].map((letter) => `${attention}${letter}_proj.${kind}`);
    return { name: `${block}attn.in_proj_${kind}`, recipe: { parts, transposed: false } };
  }
  return Object.hasOwn(IN_BLOCK, part)
    ? { name: `${block}${IN_BLOCK[part]}.${kind}`, recipe: plain(name) }
    : null;
}

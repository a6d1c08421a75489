/** A transformer block's tensors, behind `…resblocks.N.`. */
const BLOCK =
  '(?:attn\\.in_proj_(?:weight|bias)|(?:attn\\.out_proj|mlp\\.c_fc|mlp\\.c_proj|ln_1|ln_2)\\.(?:weight|bias))';
const CONV_NORM = '(?:conv\\d\\.weight|bn\\d\\.(?:weight|bias|running_mean|running_var))';

/** Every tensor of OpenAI's CLIP that takes part in a feature. Source: openai/CLIP clip/model.py. */
const PATTERNS = [
  '(?:logit_scale|text_projection|positional_embedding|token_embedding\\.weight|ln_final\\.(?:weight|bias))',
  `(?:visual\\.)?transformer\\.resblocks\\.\\d+\\.${BLOCK}`,
  'visual\\.(?:class_embedding|positional_embedding|proj|conv1\\.weight|ln_(?:pre|post)\\.(?:weight|bias))',
  `visual\\.(?:layer[1-4]\\.\\d+\\.)?${CONV_NORM}`,
  'visual\\.layer[1-4]\\.\\d+\\.downsample\\.(?:0\\.weight|1\\.(?:weight|bias|running_mean|running_var))',
  'visual\\.attnpool\\.(?:positional_embedding|[qkvc]_proj\\.(?:weight|bias))',
];
const KNOWN = new RegExp(`^(?:${PATTERNS.join('|')})$`);

/** Tensors that OpenAI's and open_clip's files hold and no feature depends on. */
const HARMLESS = /(?:^|\.)(?:num_batches_tracked|attn_mask|input_resolution|context_length|vocab_size)$/;

/** What a name means in a checkpoint with OpenAI's names. */
export function openaiRole(name: string): 'used' | 'harmless' | 'unknown' {
  if (KNOWN.test(name)) return 'used';
  return HARMLESS.test(name) ? 'harmless' : 'unknown';
}

/** Beginnings of the names of CLIP's own parts: an unknown tensor under one of them would change the features. */
export const OPENAI_PARTS =
  /^(?:visual|transformer|token_embedding|ln_final|text_projection|positional_embedding)(?:\.|$)/;

/** Activation between the two linear layers of a transformer's MLP. */
export const ACTIVATIONS = ['quickgelu', 'gelu'] as const;
/** `quickgelu`: x · σ(1.702 x), OpenAI's; `gelu`: x · Φ(x), most of open_clip's own models. */
export type Activation = (typeof ACTIVATIONS)[number];

/** What one transformer needs to know besides its tensors; null where it follows from their shapes. */
export interface TowerFacts {
  readonly activation: Activation;
  readonly heads: number | null;
  /** Added to the variance by every layer normalisation. */
  readonly epsilon: number;
}

/** Mean and standard deviation of each colour that pictures, as fractions of white, are normalised with. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** What a model needs to know besides its tensors. */
export interface ModelFacts {
  readonly vision: TowerFacts;
  readonly text: TowerFacts;
  /** Side of the pictures in pixels; null where it follows from the tensors' shapes. */
  readonly resolution: number | null;
  readonly normalization: Normalization;
  /** How the activation is known, in words that end a sentence. */
  readonly activationSource: string;
  /** False where neither the file nor anything beside it says which activation the model was trained with: a guess. */
  readonly activationKnown: boolean;
}

/** Source: openai/CLIP clip/clip.py, _transform. */
export const CLIP_NORMALIZATION: Normalization = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** PyTorch's default for layer normalisation. */
const EPSILON = 1e-5;

const openaiTower: TowerFacts = { activation: 'quickgelu', heads: null, epsilon: EPSILON };

/** Facts of OpenAI's own models. */
export const OPENAI_FACTS: ModelFacts = {
  vision: openaiTower,
  text: openaiTower,
  resolution: null,
  normalization: CLIP_NORMALIZATION,
  activationSource: "as in OpenAI's models; the file does not say",
  activationKnown: false,
};

/**
 * Facts that change a model's numbers and differ from OpenAI's, for identities: two runs of the same weights under
 * other facts are other models. Null where nothing differs.
 */
export function unusualFacts({
  vision,
  text,
  resolution,
  normalization,
}: ModelFacts): Readonly<Record<string, unknown>> | null {
  const kept = { vision, text, resolution, normalization };
  const usual = {
    vision: OPENAI_FACTS.vision,
    text: OPENAI_FACTS.text,
    resolution: null,
    normalization: CLIP_NORMALIZATION,
  };
  return JSON.stringify(kept) === JSON.stringify(usual) ? null : kept;
}

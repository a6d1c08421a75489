import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { factsBeside } from './config-files.ts';
import { type Activation, type ModelFacts, OPENAI_FACTS } from './facts.ts';
import { openTensors } from './open-tensors.ts';
import type { TensorFile } from './tensor-file.ts';
import { type NamedWeights, nameWeights } from './weights.ts';

/** A model's weights, and what else is known of it. */
export interface OpenedWeights extends NamedWeights {
  readonly file: TensorFile;
  readonly facts: ModelFacts;
}

function withActivation(facts: ModelFacts, activation: Activation, source: string): ModelFacts {
  return {
    ...facts,
    vision: { ...facts.vision, activation },
    text: { ...facts.text, activation },
    activationSource: source,
    activationKnown: true,
  };
}

/** What files and folders of open_clip's own models are called; its models trained on these have plain GELU. */
const GELU_NAMES = /laion2b|datacomp/i;

/**
 * The facts of a model, from the surest source that has them: what was asked for, the configuration beside the
 * weights, the code of a TorchScript archive, the path's own words, OpenAI's models.
 */
function factsOf(
  file: TensorFile,
  path: string,
  scheme: NamedWeights['scheme'],
  asked?: Activation,
): ModelFacts {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const beside = factsBeside(folder, scheme);
  if (asked !== undefined) return withActivation(beside ?? OPENAI_FACTS, asked, 'as asked for');
  if (beside !== null) return beside;
  const { activation } = file.metadata;
  if (activation === 'quickgelu' || activation === 'gelu') {
    return withActivation(OPENAI_FACTS, activation, `as the ${file.format} says`);
  }
  if (/quickgelu/i.test(path))
    return withActivation(OPENAI_FACTS, 'quickgelu', 'as the name of the path says');
  if (GELU_NAMES.test(path)) {
    const facts = withActivation(OPENAI_FACTS, 'gelu', 'as the name of the path suggests');
    return { ...facts, activationKnown: false };
  }
  return OPENAI_FACTS;
}

/**
 * Opens a CLIP's weights in any known format, under any known names.
 *
 * @param path A file or a folder; see `openTensors`.
 * @param activation Overrides what the files say.
 * @throws {UserError} What `openTensors`, `nameWeights` and the configuration files' readers throw.
 */
export async function openWeights(path: string, activation?: Activation): Promise<OpenedWeights> {
  const file = await openTensors(path);
  try {
    const named = nameWeights(file);
    return { ...named, file, facts: factsOf(file, path, named.scheme, activation) };
  } catch (error) {
    file.close();
    throw error;
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFacts } from './facts.ts';
import { huggingFaceFacts, readNormalization } from './hugging-face-config.ts';
import { openClipFacts } from './open-clip-config.ts';

/**
 * What the configuration files in the weights' folder say about a model, or null if there are none.
 *
 * Read are `config.json` (Hugging Face), `preprocessor_config.json` for its normalisation, and
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
  if (facts === null || !has('preprocessor_config.json')) return facts;
  return { ...facts, normalization: readNormalization(join(folder, 'preprocessor_config.json')) };
}

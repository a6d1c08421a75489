import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Activation, unusualFacts, weightsSha256 } from '../checkpoint/index.ts';
import { openCheckpoint } from '../clip/index.ts';
import { nearNames, UserError } from '../config/index.ts';
import type { Backbone } from '../runner/index.ts';

/** Models that come with the program. */
const EMBEDDED = { 'icon-clip-rn': 'models/icon-clip-rn.safetensors' } as const;

export const DEFAULT_BACKBONE = 'icon-clip-rn';

/** OpenAI's models: known by name, their weights not shipped. */
const OPENAI = [
  'RN50',
  'RN101',
  'RN50x4',
  'RN50x16',
  'RN50x64',
  'ViT-B/32',
  'ViT-B/16',
  'ViT-L/14',
  'ViT-L/14@336px',
];

/**
 * Path of a checkpoint, by an embedded model's name or by its own path.
 * @param flag The option it was given with, for the message.
 * @throws {UserError} UNKNOWN_BACKBONE
 */
export function locateCheckpoint(name: string, flag: string): string {
  if (Object.hasOwn(EMBEDDED, name)) {
    return fileURLToPath(new URL(`../../${EMBEDDED[name as keyof typeof EMBEDDED]}`, import.meta.url));
  }
  if (existsSync(name)) return resolve(name);
  const near = nearNames(name, Object.keys(EMBEDDED));
  throw new UserError('UNKNOWN_BACKBONE', {
    where: `--${flag} ${name}`,
    expected: `${Object.keys(EMBEDDED).join(', ')}, or the path of a safetensors file with OpenAI's tensor names`,
    found: OPENAI.includes(name)
      ? `the name of a model whose weights do not come with the program`
      : 'no such file',
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'give the path of the weights',
  });
}

/**
 * Finds a backbone by name or path and opens it once, so that a bad file is refused before any work.
 * @throws {UserError} UNKNOWN_BACKBONE, and whatever is wrong with the checkpoint.
 */
export async function resolveBackbone(name: string, activation?: Activation): Promise<Backbone> {
  const path = locateCheckpoint(name, 'backbone');
  const checkpoint = await openCheckpoint(path, activation);
  checkpoint.close();
  return {
    name: checkpoint.name,
    sha256: await weightsSha256(checkpoint.files),
    path,
    activation: activation ?? null,
    settings: unusualFacts(checkpoint.facts),
  };
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors, toFloat32, toInt32 } from '../../src/checkpoint/index.ts';
import {
  coopPrompts,
  layOutPrompts,
  logitScale,
  openCheckpoint,
  readTextWeights,
  Tokenizer,
} from '../../src/clip/index.ts';
import type { ClassTokenPosition } from '../../src/config/cell.ts';
import type { CoOpStepSpec } from '../../src/methods/index.ts';

/** One case of test/fixtures/coop: what CoOp's own code answered. */
interface StoredCase {
  readonly key: string;
  readonly classnames: readonly string[];
  readonly position: ClassTokenPosition;
  readonly class_specific: boolean;
  readonly n_ctx: number;
  readonly ctx_init: string;
  readonly loss: number;
  readonly trajectory_losses: readonly number[];
}

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const { tensors } = readSafetensors(fixture('coop/tensors.safetensors'));
const checkpoint = await openCheckpoint(fixture('checkpoints/vit.openai.safetensors'));

export const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
export const tokenizer = new Tokenizer(text.architecture.vocabSize);
export const cases = JSON.parse(readFileSync(fixture('coop/cases.json'), 'utf8')) as readonly StoredCase[];

export function floats({ key }: StoredCase, name: string): Float32Array {
  return toFloat32(tensors.get(`${key}/${name}`)!);
}

export function labels({ key }: StoredCase): Int32Array {
  return toInt32(tensors.get(`${key}/labels`)!, key);
}

/** The case as a task for a batch of `batchSize` rows. */
export function specOf(stored: StoredCase, batchSize: number): CoOpStepSpec {
  const { contextLength } = text.architecture;
  const { n_ctx: nCtx, position } = stored;
  const prompts = coopPrompts(tokenizer, stored.classnames, { nCtx, position, contextLength });
  return {
    layout: layOutPrompts(prompts, stored.class_specific),
    text,
    logitScale: logitScale(checkpoint.weights),
    nCtx,
    batchSize,
    embedDim: checkpoint.architecture.embedDim,
  };
}

import { basename, extname, resolve } from 'node:path';
import { type Activation, type ModelFacts, openWeights, type StateDict } from '../checkpoint/index.ts';
import { type ClipArchitecture, readArchitecture } from './architecture.ts';

/** A CLIP model on disk: sizes known, tensors read when a graph needs them. */
export interface Checkpoint {
  readonly path: string;
  /** The file's base name without its extension, or the folder's. */
  readonly name: string;
  readonly weights: StateDict;
  readonly facts: ModelFacts;
  readonly architecture: ClipArchitecture;
  /** Files that hold the weights. */
  readonly files: readonly string[];
  /** Closes the files; tensors read before stay. */
  close(): void;
}

/** Endings that name a format and no model. */
const ENDINGS = new Set(['.safetensors', '.pt', '.pth', '.bin', '.json', '.ckpt', '.tar']);

function modelName(path: string): string {
  const name = basename(resolve(path));
  const ending = extname(name);
  return ENDINGS.has(ending.toLowerCase()) ? name.slice(0, -ending.length) : name;
}

/**
 * Opens a CLIP checkpoint of any known format: a file, or a folder with weights and configuration.
 *
 * @param activation Overrides what the files say about the activation.
 * @throws {UserError} FILE_UNREADABLE, NO_WEIGHTS, CHECKPOINT_TENSOR_MISSING, CHECKPOINT_SHAPE,
 *   CHECKPOINT_UNKNOWN_TENSOR, MODEL_CONFIG_DAMAGED, and the codes of the formats' readers.
 */
export async function openCheckpoint(path: string, activation?: Activation): Promise<Checkpoint> {
  const { file, weights, facts } = await openWeights(path, activation);
  try {
    return {
      path,
      name: modelName(path),
      weights,
      facts,
      architecture: readArchitecture(weights, facts),
      files: file.files,
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

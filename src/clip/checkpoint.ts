import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { missingTensor, openSafetensors, type StateDict, toFloat32 } from '../checkpoint/index.ts';
import { UserError } from '../config/index.ts';
import { type ClipArchitecture, readArchitecture } from './architecture.ts';

/** A CLIP model on disk: sizes known, tensors read when a graph needs them. */
export interface Checkpoint {
  readonly path: string;
  /** The file's base name without its extension. */
  readonly name: string;
  readonly weights: StateDict;
  readonly architecture: ClipArchitecture;
  /** Closes the file; tensors read before stay. */
  close(): void;
}

function checkFinite(source: string, name: string, data: Float32Array): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new UserError('CHECKPOINT_NOT_FINITE', {
    where: `checkpoint ${source}: tensor ${name}`,
    expected: 'finite weights',
    found: `${data[bad]} at element ${bad}`,
    hint: 'the file is damaged, or the training it came from diverged',
  });
}

/**
 * Opens a safetensors checkpoint with OpenAI's tensor names.
 * @throws {UserError} FILE_UNREADABLE, SAFETENSORS_DAMAGED, CHECKPOINT_TENSOR_MISSING, CHECKPOINT_SHAPE.
 */
export function openCheckpoint(path: string): Checkpoint {
  const file = openSafetensors(path);
  const { entries } = file.header;
  const names = new Set(entries.keys());
  const weights: StateDict = {
    source: path,
    names,
    shapeOf: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw missingTensor(path, name, names);
      return entry.shape;
    },
    tensor: (name) => {
      if (!names.has(name)) throw missingTensor(path, name, names);
      const stored = file.read(name);
      const data = toFloat32(stored);
      checkFinite(path, name, data);
      return { shape: stored.shape, data };
    },
  };
  return {
    path,
    name: basename(path, extname(path)),
    weights,
    architecture: readArchitecture(weights),
    close: () => file.close(),
  };
}

/** SHA-256 of a file's bytes, hex. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

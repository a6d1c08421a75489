import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  elementCount,
  openSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  toFloat32,
  toInt32,
  writeSafetensors,
} from '../checkpoint/index.ts';
import { UserError } from '../config/index.ts';
import { remark } from './command-options.ts';

/** Sizes a tensor must have; a letter stands for any size and names it in messages, e.g. `['N', 3, 64, 64]`. */
export type ShapePattern = readonly (number | string)[];

/** A tensor of an input file, checked. */
export interface InputTensor<Data> {
  readonly shape: readonly number[];
  /** Row by row. */
  readonly data: Data;
}

/** The tensors a person hands to a command; every getter checks what it reads and says what is wrong with it. */
export class TensorInput {
  readonly #file: SafetensorsFile;

  /** @throws {UserError} FILE_UNREADABLE, SAFETENSORS_DAMAGED */
  constructor(path: string) {
    this.#file = openSafetensors(path);
  }

  /** Tensors of the file, in the order of its header. */
  get names(): readonly string[] {
    return [...this.#file.header.entries.keys()];
  }

  /** Axes of a tensor; null where the file has none of that name. */
  rank(name: string): number | null {
    return this.#file.header.entries.get(name)?.shape.length ?? null;
  }

  /**
   * Floating-point numbers, all finite.
   * @throws {UserError} TENSOR_MISSING, TENSOR_SHAPE, TENSOR_NOT_FLOAT, TENSOR_NOT_FINITE
   */
  floats(name: string, pattern: ShapePattern): InputTensor<Float32Array> {
    const stored = this.#read(name, pattern);
    if (!['F32', 'F16', 'BF16', 'F64'].includes(stored.dtype)) {
      throw new UserError('TENSOR_NOT_FLOAT', {
        where: this.#where(name),
        expected: 'a floating-point tensor (F32, F16, BF16 or F64)',
        found: stored.dtype,
      });
    }
    const data = toFloat32(stored);
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new UserError('TENSOR_NOT_FINITE', {
        where: this.#where(name),
        expected: 'finite numbers, as float32 holds them',
        found: `${data[bad]} at element ${bad}`,
      });
    }
    return { shape: stored.shape, data };
  }

  /**
   * Integers of any width.
   * @throws {UserError} TENSOR_MISSING, TENSOR_SHAPE, TENSOR_NOT_INTEGER, TENSOR_OUT_OF_RANGE
   */
  integers(name: string, pattern: ShapePattern): InputTensor<Int32Array> {
    const stored = this.#read(name, pattern);
    return { shape: stored.shape, data: toInt32(stored, this.#where(name)) };
  }

  /** Gives the file back; what was read stays. */
  close(): void {
    this.#file.close();
  }

  #where(name: string): string {
    return `${this.#file.path}: tensor "${name}"`;
  }

  #read(name: string, pattern: ShapePattern): StoredTensor {
    const stored = this.#file.read(name);
    const { shape } = stored;
    const fits =
      shape.length === pattern.length &&
      pattern.every((size, axis) => typeof size === 'string' || size === shape[axis]);
    if (!fits) {
      throw new UserError('TENSOR_SHAPE', {
        where: this.#where(name),
        expected: `[${pattern.join(', ')}]`,
        found: `[${shape.join(', ')}]`,
      });
    }
    return stored;
  }
}

/**
 * Makes sure, before any work, that a file can be written: its folder is made, and may be written to.
 * @throws {UserError} FILE_UNWRITABLE
 */
export function prepareOutFile(path: string): void {
  const refuse = (found: string, cause?: unknown): never => {
    throw new UserError('FILE_UNWRITABLE', {
      where: `--out ${path}`,
      expected: 'a place that a file can be written to',
      found,
      hint: 'check the path and the permissions of its folder',
      cause,
    });
  };
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    accessSync(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error), error);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) refuse('a folder of that name');
}

/** A float32 tensor for an output file. */
export function floatTensor(shape: readonly number[], data: Float32Array): StoredTensor {
  if (data.length !== elementCount(shape)) {
    throw new Error(`internal: ${data.length} values for a tensor [${shape.join(', ')}]`);
  }
  return { dtype: 'F32', shape, data };
}

/**
 * Writes a command's answer and says on stderr what stands in it.
 * @throws {UserError} FILE_UNWRITABLE
 */
export function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeSafetensors(path, tensors, metadata);
  const shown = [...tensors].slice(0, 8).map(([name, { shape }]) => `${name} [${shape.join(', ')}]`);
  const more = tensors.size > shown.length ? `, and ${tensors.size - shown.length} more` : '';
  remark(`${path}: ${shown.join(', ') || 'no tensors'}${more}`);
}

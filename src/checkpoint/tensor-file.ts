import type { Dtype, StoredTensor } from './safetensors-dtype.ts';

/** Type and sizes of a tensor in a file, known without reading its numbers. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/**
 * Named tensors in one or more files of any format: what a reader of a format makes.
 *
 * Names are the file's own. Nothing but directories and headers is read until a tensor is asked for.
 */
export interface TensorFile {
  /** What was opened, for messages. */
  readonly path: string;
  /** Words for a person: `safetensors`, `PyTorch state dict`, `TorchScript archive`, … */
  readonly format: string;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** The files' free-form text pairs, if the format has such. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Files that hold the tensors, absolute; their bytes are what a hash of the weights covers. */
  readonly files: readonly string[];
  /**
   * Reads one tensor, dense and row-major.
   * @throws {UserError} TENSOR_MISSING; the format's own code if the bytes are damaged.
   */
  read(name: string): StoredTensor;
  close(): void;
}

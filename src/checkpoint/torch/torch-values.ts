import { PickleObject } from '../../pickle/index.ts';
import type { Dtype } from '../safetensors-dtype.ts';

/** A class of storages such as `torch.HalfStorage`. */
export class StorageType extends PickleObject {
  readonly dtype: Dtype;

  constructor(dtype: Dtype) {
    super();
    this.dtype = dtype;
  }

  describe(): string {
    return `the type ${this.dtype}`;
  }
}

/** A dtype such as `torch.float16`. */
export class ElementType extends PickleObject {
  readonly dtype: Dtype;

  constructor(dtype: Dtype) {
    super();
    this.dtype = dtype;
  }

  describe(): string {
    return `the type ${this.dtype}`;
  }
}

/** Data of one or more tensors: an entry of the zip. */
export class StorageRef extends PickleObject {
  readonly dtype: Dtype;
  /** Name of the entry, behind the archive's own folder: `data/0`. */
  readonly entry: string;
  /** Bytes that the pickle says it has. */
  readonly bytes: number;

  constructor(dtype: Dtype, entry: string, bytes: number) {
    super();
    this.dtype = dtype;
    this.entry = entry;
    this.bytes = bytes;
  }

  describe(): string {
    return 'a storage';
  }
}

/** A view of a storage as the pickle states it; whether it lies within is checked where it is wanted. */
export class TorchTensor extends PickleObject {
  readonly storage: StorageRef;
  readonly dtype: Dtype;
  /** Elements of the storage before the first. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** Elements from one index to the next, an axis each. */
  readonly strides: readonly number[];

  constructor(
    storage: StorageRef,
    dtype: Dtype,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    super();
    this.storage = storage;
    this.dtype = dtype;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  describe(): string {
    return 'a tensor';
  }
}

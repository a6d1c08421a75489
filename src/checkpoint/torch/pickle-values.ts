import type { Dtype } from '../safetensors-dtype.ts';

/**
 * Stands for whatever a pickle wants built that is not on the closed list: nothing was imported or called for it.
 *
 * Calling one, or making an object of it, gives another of the same name.
 */
export class Placeholder {
  /** Module and name of the class or function, e.g. `torch.optim.sgd.SGD`. */
  readonly className: string;
  /** What the pickle would have set as the object's attributes: data, never acted on. */
  state: PickleValue | undefined;

  constructor(className: string) {
    this.className = className;
    this.state = undefined;
  }
}

/** A class of storages such as `torch.HalfStorage`. */
export class StorageType {
  readonly dtype: Dtype;

  constructor(dtype: Dtype) {
    this.dtype = dtype;
  }
}

/** A dtype such as `torch.float16`. */
export class ElementType {
  readonly dtype: Dtype;

  constructor(dtype: Dtype) {
    this.dtype = dtype;
  }
}

/** A function or class on the closed list; `call` is this program's own. */
export class Callable {
  readonly name: string;
  /** @param spend Called with the number of items that are copied, and throws when that is too much in all. */
  readonly call: (args: readonly PickleValue[], spend: (items: number) => void) => PickleValue;

  constructor(name: string, call: Callable['call']) {
    this.name = name;
    this.call = call;
  }
}

/** Data of one or more tensors: an entry of the zip. */
export class StorageRef {
  readonly dtype: Dtype;
  /** Name of the entry, behind the archive's own folder: `data/0`. */
  readonly entry: string;
  /** Bytes that the pickle says it has. */
  readonly bytes: number;

  constructor(dtype: Dtype, entry: string, bytes: number) {
    this.dtype = dtype;
    this.entry = entry;
    this.bytes = bytes;
  }
}

/** A view of a storage as the pickle states it; whether it lies within is checked where it is wanted. */
export class TorchTensor {
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
    this.storage = storage;
    this.dtype = dtype;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** A value of a pickle. Lists, tuples and sets are arrays; dicts are Maps, so that no key is special. May be cyclic. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Placeholder
  | StorageType
  | ElementType
  | Callable
  | StorageRef
  | TorchTensor;

/** Something in a pickle that is wrong or not understood; its reader adds the place. */
export class PickleProblem extends Error {
  readonly code: 'TORCH_DAMAGED' | 'PICKLE_REFUSED' | 'TORCH_TOO_LARGE';
  readonly expected: string;
  readonly found: string;

  constructor(code: PickleProblem['code'], expected: string, found: string) {
    super(`${expected}; ${found}`);
    this.code = code;
    this.expected = expected;
    this.found = found;
  }
}

/** A value in a message: its kind, and short. */
export function kindOf(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (value instanceof Placeholder) return value.className.slice(0, 80);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof TorchTensor) return 'a tensor';
  if (value instanceof StorageRef) return 'a storage';
  if (value instanceof StorageType || value instanceof ElementType) return `the type ${value.dtype}`;
  if (value instanceof Callable) return value.name;
  if (typeof value === 'bigint') return 'a large integer';
  return JSON.stringify(value).slice(0, 80);
}

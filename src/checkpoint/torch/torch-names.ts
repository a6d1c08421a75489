import {
  Callable,
  kindOf,
  type PickleNames,
  PickleProblem,
  type PickleValue,
  Placeholder,
} from '../../pickle/index.ts';
import { DTYPE_BYTES, type Dtype } from '../safetensors-dtype.ts';
import { ElementType, StorageRef, StorageType, TorchTensor } from './torch-values.ts';

/** PyTorch allows 64 axes. */
const AXES_LIMIT = 64;

function malformed(expected: string, found: PickleValue | undefined): PickleProblem {
  return new PickleProblem('DAMAGED', expected, kindOf(found));
}

function sizes(value: PickleValue | undefined, what: string): readonly number[] {
  const fits =
    Array.isArray(value) &&
    value.length <= AXES_LIMIT &&
    value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
  if (!fits) throw malformed(`${what} of whole numbers from 0 up, at most ${AXES_LIMIT}`, value);
  return value as number[];
}

function tensorOf(
  storage: PickleValue | undefined,
  type: PickleValue | undefined,
  rest: readonly PickleValue[],
): PickleValue {
  // A storage or dtype of a kind not read here makes a tensor that is not read either.
  for (const part of [storage, type]) if (part instanceof Placeholder) return new Placeholder(part.className);
  if (!(storage instanceof StorageRef)) throw malformed('a storage for a tensor', storage);
  if (!(type instanceof ElementType)) throw malformed('a dtype for a tensor', type);
  const [offset, size, stride] = rest;
  if (!Number.isSafeInteger(offset) || (offset as number) < 0) {
    throw malformed("a tensor's offset from 0 up", offset);
  }
  const shape = sizes(size, "a tensor's shape");
  const strides = sizes(stride, "a tensor's strides");
  if (shape.length !== strides.length) throw malformed(`${shape.length} strides`, stride);
  return new TorchTensor(storage, type.dtype, offset as number, shape, strides);
}

/** `_rebuild_tensor(storage, offset, size, stride)`; `_v2` adds requires_grad and hooks, which say nothing here. */
const rebuildTensor: Callable['call'] = ([storage, ...rest]) =>
  tensorOf(storage, storage instanceof StorageRef ? new ElementType(storage.dtype) : storage, rest);

/** `_v3(storage, offset, size, stride, requires_grad, hooks, dtype)`, of storages without a type. */
const rebuildTensorV3: Callable['call'] = ([storage, offset, size, stride, , , type]) =>
  tensorOf(storage, type, [offset ?? null, size ?? null, stride ?? null]);

const first: Callable['call'] = ([value]) => value ?? null;

const TENSOR_CLASSES: readonly string[] = [
  'torch.Tensor',
  'torch._tensor.Tensor',
  'torch.nn.parameter.Parameter',
];

/** `_rebuild_from_type_v2(function, class, arguments, attributes)`: a tensor that carries attributes. */
const rebuildFromType: Callable['call'] = ([build, type, args], spend) => {
  if (build instanceof Placeholder) return new Placeholder(build.className);
  if (!(type instanceof Placeholder) || !TENSOR_CLASSES.includes(type.className)) {
    return new Placeholder(kindOf(type));
  }
  if (!(build instanceof Callable) || !Array.isArray(args)) throw malformed('a way to build a tensor', build);
  // One step only: a chain of these calls would be as deep as the file likes.
  if (build.call === rebuildFromType) throw malformed('a way to build a tensor', build);
  return build.call(args, spend);
};

function isPair(value: PickleValue): value is [PickleValue, PickleValue] {
  return Array.isArray(value) && value.length === 2;
}

const newDict: Callable['call'] = ([items], spend) => {
  if (items === undefined) return new Map();
  if (items instanceof Placeholder) return new Placeholder(items.className);
  if (items instanceof Map) return items;
  if (!Array.isArray(items) || !items.every(isPair)) throw malformed('pairs for a dict', items);
  spend(items.length);
  return new Map(items as [PickleValue, PickleValue][]);
};

/** How protocol 2 holds bytes: text whose characters are the bytes. */
const encodeText: Callable['call'] = ([text, encoding], spend) => {
  if (typeof text !== 'string' || encoding !== 'latin1') throw malformed('text for bytes, as latin1', text);
  spend(text.length);
  return new Uint8Array(Buffer.from(text, 'latin1'));
};

/** The closed list of functions and classes, each with this program's own way to answer it. */
const CALLS: Readonly<Record<string, Callable['call']>> = {
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': rebuildTensorV3,
  'torch._utils._rebuild_parameter': first,
  'torch._utils._rebuild_parameter_with_state': first,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch.Size': first,
  'torch.jit._pickle.build_boollist': first,
  'torch.jit._pickle.build_doublelist': first,
  'torch.jit._pickle.build_intlist': first,
  'torch.jit._pickle.build_tensorlist': first,
  'torch.jit._pickle.restore_type_tag': first,
  'collections.OrderedDict': newDict,
  'collections.Counter': newDict,
  // Its argument is what makes missing values: never called here, nothing is missing in data.
  'collections.defaultdict': () => new Map(),
  'builtins.dict': newDict,
  'builtins.set': ([items]) => items ?? [],
  'builtins.frozenset': ([items]) => items ?? [],
  '_codecs.encode': encodeText,
};

const STORAGES: Readonly<Record<string, Dtype>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
  // Bytes, unless the tensor states a dtype.
  'torch.storage.UntypedStorage': 'U8',
};

const DTYPES: Readonly<Record<string, Dtype>> = {
  'torch.float64': 'F64',
  'torch.float32': 'F32',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint8': 'U8',
  'torch.bool': 'BOOL',
};

const KNOWN: ReadonlyMap<string, PickleValue> = new Map<string, PickleValue>([
  ...Object.entries(CALLS).map(([name, call]) => [name, new Callable(name, call)] as const),
  ...Object.entries(STORAGES).map(([name, dtype]) => [name, new StorageType(dtype)] as const),
  ...Object.entries(DTYPES).map(([name, dtype]) => [name, new ElementType(dtype)] as const),
]);

/** What a name of the pickle stands for: an entry of the closed list, or a placeholder of that name. */
function resolveGlobal(module: string, name: string): PickleValue {
  const fullName = `${module === '__builtin__' ? 'builtins' : module}.${name}`;
  return KNOWN.get(fullName) ?? new Placeholder(fullName);
}

/**
 * What a persistent id stands for: `('storage', class, key, device, elements)`.
 *
 * @param folder Folder of the archive in which this pickle's storages lie.
 */
function resolveStorage(id: PickleValue, folder: string): PickleValue {
  const expected = "a storage's ('storage', class, key, device, elements)";
  if (!Array.isArray(id) || id[0] !== 'storage') throw new PickleProblem('REFUSED', expected, kindOf(id));
  const [, type, key, , elements] = id;
  if (type instanceof Placeholder) return new Placeholder(type.className);
  if (!(type instanceof StorageType) || typeof key !== 'string') throw malformed(expected, type);
  if (!Number.isSafeInteger(elements) || (elements as number) < 0) throw malformed(expected, elements);
  return new StorageRef(type.dtype, `${folder}/${key}`, (elements as number) * DTYPE_BYTES[type.dtype]);
}

/**
 * What the names in PyTorch's pickles stand for.
 * @param folder Folder of the archive in which this pickle's storages lie.
 */
export function torchNames(folder: string): PickleNames {
  return { writer: 'torch.save', global: resolveGlobal, persistent: (id) => resolveStorage(id, folder) };
}

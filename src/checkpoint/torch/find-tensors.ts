import { UserError } from '../../config/index.ts';
import { kindOf, type PickleValue, Placeholder } from '../../pickle/index.ts';
import { damaged, shown, tooLarge, unknownClass } from './errors.ts';
import { TorchTensor } from './torch-values.ts';

/** More tensors than any checkpoint has. */
const TENSOR_LIMIT = 100_000;
/** Modules within modules; CLIP has six. */
const DEPTH_LIMIT = 64;
/** Attributes that are gone through; a hostile archive shares one module in ever more places. */
const ATTRIBUTE_LIMIT = 1_000_000;
/** Characters of a name; a path of modules, each with a long name, could else grow without end. */
const NAME_LIMIT = 4096;

/** Keys under which training programs keep a state dict, the one to take first. */
const STATE_DICT_KEYS = ['state_dict', 'model_state_dict', 'model'] as const;
const PARALLEL_PREFIX = 'module.';

/** Tensors of a checkpoint by name, and what stands beside them. */
export interface FoundTensors {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** Everything else under a name: an epoch, an optimiser's state, a module's attributes. */
  readonly values: ReadonlyMap<string, PickleValue>;
}

function addTensor(
  tensors: Map<string, TorchTensor>,
  name: string,
  tensor: TorchTensor,
  where: string,
): void {
  if (name.length > NAME_LIMIT) {
    throw tooLarge(where, `names of at most ${NAME_LIMIT} characters`, `one of ${name.length}`);
  }
  if (tensors.has(name)) throw damaged(where, 'tensors of different names', `two of ${shown(name)}`);
  if (tensors.size >= TENSOR_LIMIT) throw tooLarge(where, `at most ${TENSOR_LIMIT} tensors`, 'more');
  tensors.set(name, tensor);
}

function noTensors(where: string, root: PickleValue): UserError {
  const keys = root instanceof Map ? [...root.keys()].slice(0, 8).map(kindOf).join(', ') : '';
  return new UserError('TORCH_NO_TENSORS', {
    where,
    expected: 'a state dict: tensors by name, or such a dict under "state_dict"',
    found: keys === '' ? kindOf(root) : `a dict with ${keys}`,
    hint: 'in PyTorch, save model.state_dict() with torch.save',
  });
}

/** DataParallel and DistributedDataParallel put a prefix before every name. */
function withoutParallelPrefix(tensors: ReadonlyMap<string, TorchTensor>): ReadonlyMap<string, TorchTensor> {
  const names = [...tensors.keys()];
  if (!names.every((name) => name.startsWith(PARALLEL_PREFIX))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(PARALLEL_PREFIX.length), tensor]));
}

/**
 * Finds the tensors of a state dict, plain or nested under one of the usual keys.
 *
 * @param root What the file's pickle holds.
 * @throws {UserError} TORCH_UNKNOWN_CLASS: the state dict, or a value in it, is of a class that is not read;
 *   TORCH_NO_TENSORS; TORCH_DAMAGED; TORCH_TOO_LARGE.
 */
export function findStateDict(root: PickleValue, where: string): FoundTensors {
  if (root instanceof Placeholder) throw unknownClass(where, root.className);
  if (!(root instanceof Map)) throw noTensors(where, root);
  const key = STATE_DICT_KEYS.find((name) => {
    const value = root.get(name);
    return value instanceof Map || value instanceof Placeholder;
  });
  const dict = key === undefined ? root : root.get(key)!;
  if (dict instanceof Placeholder) throw unknownClass(`${where}: ${shown(key!)}`, dict.className);
  const tensors = new Map<string, TorchTensor>();
  const values = new Map<string, PickleValue>();
  for (const [name, value] of dict as Map<PickleValue, PickleValue>) {
    if (typeof name !== 'string') {
      if (value instanceof TorchTensor) throw damaged(where, 'text as name of a tensor', kindOf(name));
    } else if (value instanceof TorchTensor) addTensor(tensors, name, value, where);
    // It may stand for a tensor: a model that lacks one it had would be another model.
    else if (value instanceof Placeholder) {
      throw unknownClass(`${where}: ${shown(name)} beside the tensors`, value.className);
    } else values.set(name, value);
  }
  if (tensors.size === 0) throw noTensors(where, root);
  if (dict !== root) {
    for (const [name, value] of root) {
      if (typeof name === 'string' && name !== key) values.set(name, value);
    }
  }
  return { tensors: withoutParallelPrefix(tensors), values };
}

/** Attributes of a TorchScript module, or null for anything else. */
function moduleState(value: PickleValue): Map<PickleValue, PickleValue> | null {
  const isModule = value instanceof Placeholder && value.className.startsWith('__torch__.');
  return isModule && value.state instanceof Map ? value.state : null;
}

/**
 * Finds the parameters and buffers of a TorchScript module: its tensors, named by the path of attributes.
 *
 * @throws {UserError} TORCH_UNKNOWN_CLASS: an attribute is an object that is no module; TORCH_NO_TENSORS;
 *   TORCH_DAMAGED; TORCH_TOO_LARGE: modules within modules without end.
 */
export function findModuleTensors(root: PickleValue, where: string): FoundTensors {
  const tensors = new Map<string, TorchTensor>();
  const values = new Map<string, PickleValue>();
  let attributes = 0;
  const visit = (state: Map<PickleValue, PickleValue>, prefix: string, depth: number): void => {
    attributes += 1 + state.size;
    if (depth > DEPTH_LIMIT || attributes > ATTRIBUTE_LIMIT) {
      throw tooLarge(where, `at most ${ATTRIBUTE_LIMIT} attributes, ${DEPTH_LIMIT} modules deep`, 'more');
    }
    for (const [key, value] of state) {
      if (typeof key !== 'string') throw damaged(where, 'text as name of an attribute', kindOf(key));
      const name = `${prefix}${key}`;
      const inner = moduleState(value);
      if (value instanceof TorchTensor) addTensor(tensors, name, value, where);
      else if (inner !== null) visit(inner, `${name}.`, depth + 1);
      else if (value instanceof Placeholder && !value.className.startsWith('__torch__.')) {
        throw unknownClass(`${where}: ${shown(name)}`, value.className);
      } else if (depth === 0) values.set(name, value);
    }
  };
  const state = moduleState(root);
  if (state === null) {
    if (root instanceof Placeholder) throw unknownClass(where, root.className);
    throw noTensors(where, root);
  }
  visit(state, '', 0);
  if (tensors.size === 0) throw noTensors(where, root);
  return { tensors: withoutParallelPrefix(tensors), values };
}

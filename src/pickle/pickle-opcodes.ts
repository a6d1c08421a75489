import type { PickleMachine } from './pickle-machine.ts';
import { Callable, kindOf, PickleProblem, type PickleValue, Placeholder } from './pickle-values.ts';

/** One operation: its name in Python's pickletools, and what it does. */
export interface Operation {
  readonly name: string;
  readonly run: (machine: PickleMachine) => void;
}

/** Longest integer of LONG1 and LONG4, in bytes. */
const LONG_LIMIT = 255;

/** A little-endian integer in two's complement: a number where that is exact, else a bigint. */
function longInteger(bytes: Buffer): number | bigint {
  if (bytes.length === 0) return 0;
  const magnitude = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const value = BigInt.asIntN(bytes.length * 8, magnitude);
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value;
}

function long(machine: PickleMachine, length: number): void {
  if (length < 0 || length > LONG_LIMIT) {
    throw new PickleProblem('TOO_LARGE', `an integer of at most ${LONG_LIMIT} bytes`, `${length} bytes`);
  }
  machine.push(longInteger(machine.data(length)));
}

/** Calls what the pickle calls: an answer of the closed list, or a placeholder of the callee's name. */
function call(callee: PickleValue, args: PickleValue, machine: PickleMachine): PickleValue {
  if (callee instanceof Placeholder) return new Placeholder(callee.className);
  if (!(callee instanceof Callable) || !Array.isArray(args)) {
    throw new PickleProblem('DAMAGED', 'a function and a tuple of arguments', kindOf(callee));
  }
  return callee.call(args, machine.spend);
}

function reduce(machine: PickleMachine): void {
  const args = machine.pop();
  machine.push(call(machine.pop(), args, machine));
}

/** Adds to a list or set; a placeholder takes anything and keeps nothing. */
function append(target: PickleValue, items: readonly PickleValue[]): void {
  if (target instanceof Placeholder) return;
  if (!Array.isArray(target)) throw new PickleProblem('DAMAGED', 'a list to add to', kindOf(target));
  for (const item of items) target.push(item);
}

function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (items.length % 2 !== 0) throw new PickleProblem('DAMAGED', 'pairs of key and value', 'half a pair');
  if (target instanceof Placeholder) return;
  if (!(target instanceof Map)) throw new PickleProblem('DAMAGED', 'a dict to add to', kindOf(target));
  for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
}

/** Attributes are kept for placeholders, which the modules of TorchScript are; a dict's own say nothing here. */
function build(machine: PickleMachine): void {
  const state = machine.pop();
  const target = machine.top();
  if (target instanceof Placeholder) target.state = state;
}

function tuple(machine: PickleMachine, length: number): void {
  const items = Array.from({ length }, () => machine.pop());
  machine.push(items.reverse());
}

function dict(machine: PickleMachine): void {
  const items = machine.popMark();
  const made = new Map<PickleValue, PickleValue>();
  setItems(made, items);
  machine.push(made);
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof module !== 'string' || typeof name !== 'string') {
    throw new PickleProblem('DAMAGED', 'a module and a name as text', `${kindOf(module)}, ${kindOf(name)}`);
  }
  machine.push(machine.names.global(module, name));
}

function protocol(machine: PickleMachine): void {
  const version = machine.byte();
  if (version > 5) throw new PickleProblem('REFUSED', 'protocol 5 or lower', `protocol ${version}`);
}

const pushNew = (make: () => PickleValue) => (machine: PickleMachine) => machine.push(make());

/** Every operation that is understood, by its byte; STOP is its reader's. Source: Python's pickletools. */
export const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x28, { name: 'MARK', run: (m) => m.mark() }],
  [0x29, { name: 'EMPTY_TUPLE', run: pushNew(() => []) }],
  [0x30, { name: 'POP', run: (m) => m.drop() }],
  [0x31, { name: 'POP_MARK', run: (m) => void m.popMark() }],
  [0x32, { name: 'DUP', run: (m) => m.push(m.top()) }],
  [0x42, { name: 'BINBYTES', run: (m) => m.push(m.data(m.uint32())) }],
  [0x43, { name: 'SHORT_BINBYTES', run: (m) => m.push(m.data(m.byte())) }],
  [0x47, { name: 'BINFLOAT', run: (m) => m.push(m.float64()) }],
  [0x4a, { name: 'BININT', run: (m) => m.push(m.int32()) }],
  [0x4b, { name: 'BININT1', run: (m) => m.push(m.byte()) }],
  [0x4d, { name: 'BININT2', run: (m) => m.push(m.uint16()) }],
  [0x4e, { name: 'NONE', run: (m) => m.push(null) }],
  [0x51, { name: 'BINPERSID', run: (m) => m.push(m.names.persistent(m.pop())) }],
  [0x52, { name: 'REDUCE', run: reduce }],
  [0x54, { name: 'BINSTRING', run: (m) => m.push(m.text(m.int32())) }],
  [0x55, { name: 'SHORT_BINSTRING', run: (m) => m.push(m.text(m.byte())) }],
  [0x58, { name: 'BINUNICODE', run: (m) => m.push(m.text(m.uint32())) }],
  [0x5d, { name: 'EMPTY_LIST', run: pushNew(() => []) }],
  [
    0x61,
    {
      name: 'APPEND',
      run(m) {
        const item = m.pop();
        append(m.top(), [item]);
      },
    },
  ],
  [0x62, { name: 'BUILD', run: build }],
  [0x63, { name: 'GLOBAL', run: (m) => m.push(m.names.global(m.line(), m.line())) }],
  [0x64, { name: 'DICT', run: dict }],
  [
    0x65,
    {
      name: 'APPENDS',
      run(m) {
        const items = m.popMark();
        append(m.top(), items);
      },
    },
  ],
  [0x68, { name: 'BINGET', run: (m) => m.recall(m.byte()) }],
  [0x6a, { name: 'LONG_BINGET', run: (m) => m.recall(m.uint32()) }],
  [0x6c, { name: 'LIST', run: (m) => m.push(m.popMark()) }],
  [0x71, { name: 'BINPUT', run: (m) => m.remember(m.byte()) }],
  [0x72, { name: 'LONG_BINPUT', run: (m) => m.remember(m.uint32()) }],
  [
    0x73,
    {
      name: 'SETITEM',
      run(m) {
        const value = m.pop();
        const key = m.pop();
        setItems(m.top(), [key, value]);
      },
    },
  ],
  [0x74, { name: 'TUPLE', run: (m) => m.push(m.popMark()) }],
  [
    0x75,
    {
      name: 'SETITEMS',
      run(m) {
        const items = m.popMark();
        setItems(m.top(), items);
      },
    },
  ],
  [0x7d, { name: 'EMPTY_DICT', run: pushNew(() => new Map()) }],
  [0x80, { name: 'PROTO', run: protocol }],
  [0x81, { name: 'NEWOBJ', run: reduce }],
  [0x85, { name: 'TUPLE1', run: (m) => tuple(m, 1) }],
  [0x86, { name: 'TUPLE2', run: (m) => tuple(m, 2) }],
  [0x87, { name: 'TUPLE3', run: (m) => tuple(m, 3) }],
  [0x88, { name: 'NEWTRUE', run: (m) => m.push(true) }],
  [0x89, { name: 'NEWFALSE', run: (m) => m.push(false) }],
  [0x8a, { name: 'LONG1', run: (m) => long(m, m.byte()) }],
  [0x8b, { name: 'LONG4', run: (m) => long(m, m.int32()) }],
  [0x8c, { name: 'SHORT_BINUNICODE', run: (m) => m.push(m.text(m.byte())) }],
  [0x8d, { name: 'BINUNICODE8', run: (m) => m.push(m.text(m.uint64())) }],
  [0x8e, { name: 'BINBYTES8', run: (m) => m.push(m.data(m.uint64())) }],
  [0x8f, { name: 'EMPTY_SET', run: pushNew(() => []) }],
  [
    0x90,
    {
      name: 'ADDITEMS',
      run(m) {
        const items = m.popMark();
        append(m.top(), items);
      },
    },
  ],
  [0x91, { name: 'FROZENSET', run: (m) => m.push(m.popMark()) }],
  [
    0x92,
    {
      name: 'NEWOBJ_EX',
      run(m) {
        m.pop();
        reduce(m);
      },
    },
  ],
  [0x93, { name: 'STACK_GLOBAL', run: stackGlobal }],
  [0x94, { name: 'MEMOIZE', run: (m) => m.remember() }],
  // The length of a frame helps readers of streams; here the whole pickle is at hand.
  [0x95, { name: 'FRAME', run: (m) => void m.uint64() }],
  [0x96, { name: 'BYTEARRAY8', run: (m) => m.push(m.data(m.uint64())) }],
]);

/** Names of operations that exist and are not read: those of protocol 0, of registries, and of buffers elsewhere. */
export const REFUSED_OPERATIONS: ReadonlyMap<number, string> = new Map([
  [0x46, 'FLOAT'],
  [0x49, 'INT'],
  [0x4c, 'LONG'],
  [0x50, 'PERSID'],
  [0x53, 'STRING'],
  [0x56, 'UNICODE'],
  [0x67, 'GET'],
  [0x69, 'INST'],
  [0x6f, 'OBJ'],
  [0x70, 'PUT'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
]);

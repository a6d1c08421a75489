/** An object of a pickle that is neither number, text, bytes, list nor dict. Callers add their own kinds. */
export abstract class PickleObject {
  /** What it is, short, for messages. */
  abstract describe(): string;
}

/**
 * Stands for whatever a pickle wants built that is not on the closed list: nothing was imported or called for it.
 *
 * Calling one, or making an object of it, gives another of the same name.
 */
export class Placeholder extends PickleObject {
  /** Module and name of the class or function, e.g. `torch.optim.sgd.SGD`. */
  readonly className: string;
  /** What the pickle would have set as the object's attributes: data, never acted on. */
  state: PickleValue | undefined;

  constructor(className: string) {
    super();
    this.className = className;
    this.state = undefined;
  }

  describe(): string {
    const short = this.className.slice(0, 80);
    // A hostile name may hold what moves a terminal's cursor.
    return /^[\w.]*$/.test(short) ? short : JSON.stringify(short);
  }
}

/** A function or class on the closed list; `call` is this program's own. */
export class Callable extends PickleObject {
  readonly name: string;
  /** @param spend Called with the number of items that are copied, and throws when that is too much in all. */
  readonly call: (args: readonly PickleValue[], spend: (items: number) => void) => PickleValue;

  constructor(name: string, call: Callable['call']) {
    super();
    this.name = name;
    this.call = call;
  }

  describe(): string {
    return this.name;
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
  | PickleObject;

/** Something in a pickle that is wrong or not understood; its reader adds the place. */
export class PickleProblem extends Error {
  readonly code: 'DAMAGED' | 'REFUSED' | 'TOO_LARGE';
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
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof PickleObject) return value.describe();
  if (typeof value === 'bigint') return 'a large integer';
  return JSON.stringify(value).slice(0, 80);
}

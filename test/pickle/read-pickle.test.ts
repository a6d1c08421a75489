import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Callable,
  kindOf,
  PickleError,
  type PickleNames,
  PickleObject,
  PickleProblem,
  Placeholder,
  readPickle,
} from '../../src/pickle/index.ts';
import * as p from '../checkpoint/torch-parts.ts';

/** A caller's own kind of object. */
class Point extends PickleObject {
  readonly x: number;

  constructor(x: number) {
    super();
    this.x = x;
  }

  describe(): string {
    return 'a point';
  }
}

const point = new Callable('shapes.Point', ([x]) => {
  if (typeof x !== 'number') throw new PickleProblem('DAMAGED', 'a number', kindOf(x));
  return new Point(x);
});

const NAMES: PickleNames = {
  writer: 'this test',
  global: (module, name) =>
    `${module}.${name}` === 'shapes.Point' ? point : new Placeholder(`${module}.${name}`),
  persistent: (id) => {
    if (id !== 'origin') throw new PickleProblem('REFUSED', 'the origin', kindOf(id));
    return new Point(0);
  },
};

const read = (...value: p.Operations) => readPickle(p.pickle(...value), NAMES);

const problem =
  (code: PickleError['code'], place: string, expected: string, found: string) => (error: unknown) => {
    assert.ok(error instanceof PickleError, String(error));
    assert.deepEqual(
      { code: error.code, place: error.place, expected: error.expected, found: error.found },
      { code, place, expected, found },
    );
    return true;
  };

describe('a pickle read with a closed list of its caller', () => {
  it('makes what the list says, and placeholders of every other name', () => {
    assert.deepEqual(read(p.call('shapes', 'Point', p.integer(7))), new Point(7));
    const other = read(p.call('shapes', 'Circle', p.integer(7)));
    assert.ok(other instanceof Placeholder);
    assert.equal(other.className, 'shapes.Circle');
    assert.equal(other.state, undefined);
  });

  it('keeps the state of a placeholder, as the pickle has it', () => {
    // pickle.dumps(types.SimpleNamespace(a=1, b=[None]), 4) of CPython 3.11.
    const bytes = Buffer.from(
      [
        '80049533000000000000008c057479706573948c0f53696d706c654e616d6573706163659493942952947d94',
        '288c0161944b018c0162945d944e6175622e',
      ].join(''),
      'hex',
    );
    const value = readPickle(bytes, NAMES);
    assert.ok(value instanceof Placeholder);
    assert.equal(value.className, 'types.SimpleNamespace');
    assert.deepEqual(
      value.state,
      new Map<string, unknown>([
        ['a', 1],
        ['b', [null]],
      ]),
    );
  });

  it('gives persistent ids to its caller', () => {
    assert.deepEqual(read(p.text('origin'), p.PERSISTENT_ID), new Point(0));
    assert.throws(
      () => read(p.text('moon'), p.PERSISTENT_ID),
      problem('REFUSED', 'byte 11 (BINPERSID)', 'the origin', '"moon"'),
    );
  });

  it('tells by a code and the place what is wrong', () => {
    assert.throws(
      () => read(p.call('shapes', 'Point', p.NONE)),
      problem('DAMAGED', 'byte 19 (REDUCE)', 'a number', 'None'),
    );
    assert.throws(
      () => read(Buffer.from('I1\n')),
      problem('REFUSED', 'byte 2 (start of an operation)', 'operations as this test writes them', 'INT'),
    );
    assert.throws(
      () => read(Buffer.alloc(2_000_001, p.EMPTY_LIST)),
      problem('TOO_LARGE', 'byte 1000002 (EMPTY_LIST)', 'at most 1000000 values on the stack', 'more'),
    );
    assert.throws(
      () => readPickle(new Uint8Array(0), NAMES),
      problem('DAMAGED', 'byte 0 (start of an operation)', '1 more bytes', '0 before the end'),
    );
  });

  it('passes on what is no problem of the pickle', () => {
    const broken: PickleNames = {
      ...NAMES,
      global: () => {
        throw new RangeError('a mistake of the caller');
      },
    };
    assert.throws(() => readPickle(p.pickle(p.global('a', 'b')), broken), RangeError);
  });
});

describe('kindOf', () => {
  it('names a value in few words that are safe to print', () => {
    assert.equal(kindOf(new Point(1)), 'a point');
    assert.equal(kindOf(point), 'shapes.Point');
    assert.equal(kindOf(new Placeholder('torch.optim.sgd.SGD')), 'torch.optim.sgd.SGD');
    assert.equal(kindOf(new Placeholder('os.\x1b[2Jsystem')), '"os.\\u001b[2Jsystem"');
    assert.equal(kindOf(new Placeholder('a'.repeat(5000))).length, 80);
    assert.equal(kindOf(new Map([[1, 2]])), 'a dict of 1');
    assert.equal(kindOf(2n ** 70n), 'a large integer');
  });
});

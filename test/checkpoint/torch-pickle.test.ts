import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPickle } from '../../src/checkpoint/torch/read-pickle.ts';
import { Placeholder } from '../../src/pickle/index.ts';
import { refused } from './refused.ts';
import * as p from './torch-parts.ts';

const hex = (digits: string) => Buffer.from(digits, 'hex');
const repeated = (part: p.Operations, count: number) => {
  const unit = p.bytesOf(...part);
  return Buffer.alloc(unit.length * count, unit);
};
/** LONG_BINPUT under every number. */
function memoFlood(count: number): Buffer {
  const bytes = Buffer.alloc(5 * count, 0x72);
  for (let i = 0; i < count; i += 1) bytes.writeUInt32LE(i, 5 * i + 1);
  return bytes;
}
const read = (...operations: p.Operations) => readPickle(p.pickle(...operations), 'data', 'test.pkl');

/**
 * What Python 3.11 writes in protocols 2 to 5 for: [None, True, False, -1, 255, 256, 70000, 2**40, -2**33, 2**70,
 * -2**63, 1.5, 'é', b'\xff', (), (1,), (1,2), (1,2,3), (1,2,3,4), {'__proto__': 1}, {2}, frozenset([3])]
 */
const PYTHON_WROTE = [
  [
    '80025d7100284e88894affffffff4bff4d00014a701101008a060000000000018a0500000000fe8a0900000000',
    '00000000408a080000000000000080473ff80000000000005802000000c3a97101635f636f646563730a656e63',
    '6f64650a71025802000000c3bf710358060000006c6174696e317104867105527106294b018571074b014b0286',
    '71084b014b024b03877109284b014b024b034b0474710a7d710b58090000005f5f70726f746f5f5f710c4b0173',
    '635f5f6275696c74696e5f5f0a7365740a710d5d710e4b026185710f527110635f5f6275696c74696e5f5f0a66',
    '726f7a656e7365740a71115d71124b0361857113527114652e',
  ].join(''),
  [
    '80035d7100284e88894affffffff4bff4d00014a701101008a060000000000018a0500000000fe8a0900000000',
    '00000000408a080000000000000080473ff80000000000005802000000c3a971014301ff7102294b018571034b',
    '014b028671044b014b024b03877105284b014b024b034b047471067d710758090000005f5f70726f746f5f5f71',
    '084b0173636275696c74696e730a7365740a71095d710a4b026185710b52710c636275696c74696e730a66726f',
    '7a656e7365740a710d5d710e4b036185710f527110652e',
  ].join(''),
  [
    '80049587000000000000005d94284e88894affffffff4bff4d00014a701101008a060000000000018a05000000',
    '00fe8a090000000000000000408a080000000000000080473ff80000000000008c02c3a9944301ff94294b0185',
    '944b014b0286944b014b024b038794284b014b024b034b0474947d948c095f5f70726f746f5f5f944b01738f94',
    '284b0290284b039194652e',
  ].join(''),
  [
    '80059587000000000000005d94284e88894affffffff4bff4d00014a701101008a060000000000018a05000000',
    '00fe8a090000000000000000408a080000000000000080473ff80000000000008c02c3a9944301ff94294b0185',
    '944b014b0286944b014b024b038794284b014b024b034b0474947d948c095f5f70726f746f5f5f944b01738f94',
    '284b0290284b039194652e',
  ].join(''),
];
const PYTHON_MEANT = [
  ...[null, true, false, -1, 255, 256, 70000, 2 ** 40, -(2 ** 33), 2n ** 70n, -(2n ** 63n), 1.5, 'é'],
  ...[[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4], new Map([['__proto__', 1]]), [2], [3]],
];

describe('readPickle', () => {
  for (const [index, digits] of PYTHON_WROTE.entries()) {
    it(`reads every kind of value that Python writes in protocol ${index + 2}, integers exactly`, () => {
      const value = readPickle(hex(digits), 'data', 'test.pkl');
      assert.ok(Array.isArray(value));
      const [bytes] = value.splice(13, 1);
      assert.deepEqual(value, PYTHON_MEANT);
      assert.ok(bytes instanceof Uint8Array);
      assert.deepEqual([...bytes], [255]);
    });
  }

  it('makes a placeholder of every class and function it does not know, and of what they would make', () => {
    const made = read(
      ...[p.global('os', 'system'), p.tuple(p.text('touch here')), p.REDUCE],
      ...[p.dict(p.text('a'), p.NONE), p.BUILD],
    );
    assert.ok(made instanceof Placeholder);
    assert.equal(made.className, 'os.system');
    const chained = read(
      ...[p.global('builtins', 'getattr'), p.tuple(p.global('os', 'path'), p.text('x')), p.REDUCE],
      ...[p.EMPTY_TUPLE, p.REDUCE, p.MARK, p.text('k'), p.NONE, p.SET_ITEMS],
    );
    assert.ok(chained instanceof Placeholder);
    assert.equal(chained.className, 'builtins.getattr');
    for (const name of ['eval', '__import__', 'constructor', 'hasOwnProperty', 'toString']) {
      assert.ok(read(p.global('__builtin__', name)) instanceof Placeholder, name);
      assert.ok(read(p.global('__proto__', name)) instanceof Placeholder, name);
    }
  });

  it('refuses operations outside its list by name and position', async () => {
    const none = p.NONE;
    await refused(() => read(none, Buffer.from('ios\nsystem\n')), 'PICKLE_REFUSED', /byte 3 [\s\S]*INST/);
    await refused(() => read(Buffer.from('I1\n')), 'PICKLE_REFUSED', /byte 2 [\s\S]*INT/);
    await refused(() => read(hex('8201')), 'PICKLE_REFUSED', /EXT1/);
    await refused(() => read(hex('97')), 'PICKLE_REFUSED', /NEXT_BUFFER/);
    await refused(() => read(hex('ff')), 'PICKLE_REFUSED', /0xff/);
    await refused(() => read(hex('8009')), 'PICKLE_REFUSED', /protocol 9/);
    await refused(() => read(p.text('module'), p.PERSISTENT_ID), 'PICKLE_REFUSED', /BINPERSID/);
  });

  it('refuses a pickle that contradicts itself', async () => {
    const cases: [string, p.Operations][] = [
      ['nothing on the stack', []],
      ['two values left', [p.NONE, p.NONE]],
      ['a mark left', [p.MARK, p.NONE]],
      ['a value taken from below a mark', [p.NONE, p.MARK, hex('85')]],
      ['no mark', [p.NONE, p.TUPLE]],
      ['a memo that was never put', [hex('6805')]],
      ['half a pair', [p.EMPTY_DICT, p.MARK, p.NONE, p.SET_ITEMS]],
      ['items for a number', [hex('4b01'), p.MARK, p.NONE, p.NONE, p.SET_ITEMS]],
      ['elements for a dict', [p.EMPTY_DICT, p.NONE, hex('61')]],
      ['a number that is called', [hex('4b01'), p.EMPTY_TUPLE, p.REDUCE]],
      ['a call without a tuple', [p.global('torch', 'Size'), p.NONE, p.REDUCE]],
      ['a dict of something else', [p.global('collections', 'OrderedDict'), p.tuple(hex('4b01')), p.REDUCE]],
      [
        'a storage without a key',
        [p.tuple(p.text('storage'), p.global('torch', 'FloatStorage')), p.PERSISTENT_ID],
      ],
      ['a name that is no text', [p.NONE, p.NONE, hex('93')]],
      ['text beyond the end', [hex('5864000000')]],
      ['a length beyond the end', [hex('8dffffffffffffffff')]],
    ];
    for (const [what, operations] of cases) {
      await refused(() => read(...operations), 'TORCH_DAMAGED', /test\.pkl, byte \d+ \(/).catch((error) => {
        throw new Error(what, { cause: error });
      });
    }
    await refused(() => readPickle(p.PROTOCOL_2, 'data', 'cut.pkl'), 'TORCH_DAMAGED', /cut\.pkl, byte 2/);
  });

  it('ends quickly on pickles that ask for more than they are', async () => {
    const cases: [string, p.Operations][] = [
      ['an integer of 2 GB', [hex('8bffffff7f')]],
      ['an integer of negative length', [hex('8bffffffff')]],
      ['an integer of 300 bytes', [hex('8b2c010000'), Buffer.alloc(300, 1)]],
      ['text of 4 GB', [hex('58ffffffff')]],
      ['a stack without end', [p.NONE, repeated([hex('32')], 1_100_000)]],
      ['marks without end', [repeated([p.MARK], 1_100_000)]],
      ['dicts without end', [repeated([p.EMPTY_DICT, hex('30')], 2_100_000)]],
      ['tuples three million deep', [p.EMPTY_TUPLE, repeated([hex('85')], 3_000_000)]],
      ['a line without end', [Buffer.from('c'), repeated([p.NONE], 10_000)]],
      ['a memo without end', [p.NONE, memoFlood(1_000_001)]],
      [
        'a long list copied again and again',
        [
          ...[
            p.EMPTY_LIST,
            p.MARK,
            repeated([p.NONE, p.NONE, hex('86')], 50_000),
            hex('65'),
            hex('7100'),
            hex('30'),
          ],
          repeated(
            [p.global('collections', 'OrderedDict'), hex('6800'), hex('85'), p.REDUCE, hex('30')],
            1_000,
          ),
        ],
      ],
    ];
    for (const [what, operations] of cases) {
      await refused(() => read(...operations), 'TORCH_TOO_LARGE', /test\.pkl, byte \d+ \(/).catch((error) => {
        throw new Error(what, { cause: error });
      });
    }
  });

  it('reads a million nested tuples, and lists that hold each other twice, without following them', () => {
    assert.ok(Array.isArray(read(p.EMPTY_TUPLE, repeated([hex('85')], 1_000_000))));
    // Each list holds the one before it twice: 2^100000 elements to anyone who walks it.
    assert.ok(Array.isArray(read(p.EMPTY_LIST, repeated([hex('32'), hex('86')], 100_000))));
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../src/config/index.ts';

test('numbers, strings and literals are written as in the example of RFC 8785, section 3.2.2', () => {
  const value = {
    // biome-ignore lint/correctness/noPrecisionLoss: more digits than a double has are part of the example.
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  assert.equal(
    canonicalJson(value),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('keys are sorted by UTF-16 code unit, as in the example of RFC 8785, section 3.2.3', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  assert.deepEqual(
    [...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1]),
    [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ],
  );
});

test('members that are undefined count as absent, and minus zero as zero', () => {
  assert.equal(canonicalJson({ b: undefined, a: -0 }), '{"a":0}');
});

test('what is no data is refused with the path to it', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const cases: readonly [unknown, RegExp][] = [
    [{ a: [1, Number.NaN] }, /\$\.a\[1\] is NaN/],
    [Number.POSITIVE_INFINITY, /\$ is Infinity/],
    [[undefined], /\$\[0\] is a undefined/],
    [{ a: new Date(0) }, /\$\.a is a Date/],
    [{ a: new Float32Array(1) }, /\$\.a is a Float32Array/],
    [{ a: 1n }, /\$\.a is a bigint/],
    [circle, /\$\.self contains itself/],
  ];
  for (const [value, message] of cases)
    assert.throws(() => canonicalJson(value), { name: 'TypeError', message });
});

test('any JSON value survives, whatever the order of its keys', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).reverse();
    return Object.fromEntries(entries.map(([key, member]) => [key, reversed(member)]));
  };
  const plainJson = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(plainJson, (value) => {
      const text = canonicalJson(value);
      assert.deepEqual(JSON.parse(text), value);
      assert.equal(canonicalJson(reversed(value)), text);
    }),
    { numRuns: 200 },
  );
});

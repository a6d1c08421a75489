import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { erf } from '../../src/runtime/reference/erf.ts';

/** Abramowitz & Stegun, Handbook of Mathematical Functions, table 7.1: ten decimals. */
const TABLE = [
  [0, 0],
  [0.02, 0.0225645747],
  [0.1, 0.112462916],
  [0.2, 0.2227025892],
  [0.5, 0.5204998778],
  [1, 0.8427007929],
  [1.2, 0.9103139782],
  [1.5, 0.9661051465],
  [1.8, 0.9890905016],
  [2, 0.995322265],
] as const;

/** Beyond the table, and either side of 2.5, where the method changes: C's erf (glibc). */
const BEYOND = [
  [2.4, 0.999311486103355],
  [2.5, 0.9995930479825551],
  [2.6, 0.9997639655834707],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
] as const;

describe('the reference interpreter’s erf', () => {
  it('gives the published table', () => {
    for (const [x, value] of TABLE) assert.equal(erf(x).toFixed(10), value.toFixed(10), `erf(${x})`);
  });

  it('keeps all digits where the method changes and beyond', () => {
    for (const [x, value] of BEYOND) assert.ok(Math.abs(erf(x) - value) < 2e-15, `erf(${x}) = ${erf(x)}`);
    assert.equal(erf(6), 1);
    assert.equal(erf(Number.POSITIVE_INFINITY), 1);
  });

  it('is odd, grows and stays within −1 and 1', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -30, max: 30 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        assert.ok(erf(-a) === -erf(a));
        assert.ok(Math.abs(erf(a)) <= 1);
        // Neighbouring values may be off by the method's own 1e-15.
        if (a < b) assert.ok(erf(a) <= erf(b) + 2e-15);
      }),
    );
  });

  it('passes NaN on', () => {
    assert.ok(Number.isNaN(erf(Number.NaN)));
  });
});

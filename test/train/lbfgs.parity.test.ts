import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type LbfgsReason, minimizeLbfgs, type Objective } from '../../src/train/lbfgs.ts';

// Answers of scipy 1.17.1's L-BFGS-B; fixtures/lbfgs/make.py made them and defines the same functions.
interface Trajectory {
  readonly name: string;
  readonly function: keyof typeof OBJECTIVES;
  readonly start: readonly number[];
  readonly options: { maxcor?: number; gtol?: number; maxiter?: number; maxls?: number; maxfun?: number };
  readonly iterates: readonly (readonly number[])[];
  readonly value: number;
  readonly gradient: readonly number[];
  readonly iterations: number;
  readonly evaluations: number;
  readonly message: string;
}

const REASONS: Readonly<Record<string, LbfgsReason>> = {
  'CONVERGENCE: NORM OF PROJECTED GRADIENT <= PGTOL': 'gradient',
  'CONVERGENCE: RELATIVE REDUCTION OF F <= FACTR*EPSMCH': 'reduction',
  'STOP: TOTAL NO. OF ITERATIONS REACHED LIMIT': 'max-iterations',
  'STOP: TOTAL NO. OF F,G EVALUATIONS EXCEEDS LIMIT': 'max-evaluations',
  'ABNORMAL: ': 'line-search',
};

const rosenbrock: Objective = (x, g) => {
  let value = 0;
  g.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const off = x[i + 1] - x[i] ** 2;
    value += 100 * off ** 2 + (1 - x[i]) ** 2;
    g[i] += -400 * x[i] * off - 2 * (1 - x[i]);
    g[i + 1] += 200 * off;
  }
  return value;
};

/** Objective that is a sum over the variables of f(x, i), with derivative. */
const separable =
  (f: (x: number, i: number, count: number) => readonly [number, number]): Objective =>
  (x, g) => {
    let value = 0;
    x.forEach((v, i) => {
      const [term, derivative] = f(v, i, x.length);
      value += term;
      g[i] = derivative;
    });
    return value;
  };

const OBJECTIVES = {
  rosenbrock,
  quadratic: separable((x, i, count) => {
    const scale = 10 ** ((4 * i) / (count - 1));
    return [0.5 * scale * (x - 1) ** 2, scale * (x - 1)];
  }),
  beale: ([x, y], g) => {
    const [a, b, c] = [1.5 - x + x * y, 2.25 - x + x * y ** 2, 2.625 - x + x * y ** 3];
    g[0] = 2 * a * (y - 1) + 2 * b * (y ** 2 - 1) + 2 * c * (y ** 3 - 1);
    g[1] = 2 * a * x + 4 * b * x * y + 6 * c * x * y ** 2;
    return a ** 2 + b ** 2 + c ** 2;
  },
  powell: ([a, b, c, d], g) => {
    const [p, q, r, s] = [a + 10 * b, c - d, b - 2 * c, a - d];
    g.set([2 * p + 40 * s ** 3, 20 * p + 4 * r ** 3, 10 * q - 8 * r ** 3, -10 * q - 40 * s ** 3]);
    return p ** 2 + 5 * q ** 2 + r ** 4 + 10 * s ** 4;
  },
  wavy: separable((x) => [
    x ** 2 / 50 + Math.cos(3 * x) + Math.sin(x),
    x / 25 - 3 * Math.sin(3 * x) + Math.cos(x),
  ]),
  bump: (x, g) => {
    const t = x.reduce((sum, v) => sum + v ** 2, 1);
    x.forEach((v, i) => {
      g[i] = (2 * v) / t ** 2;
    });
    return -1 / t;
  },
  slope: separable((x) => [-x, -1]),
  corner: separable((x, i) => [Math.abs(x) * (1 + i), Math.sign(x) * (1 + i)]),
  uphill: separable((x) => [x ** 2, -2 * x]),
  coarse: async (x, g) => {
    const value = Math.fround(await rosenbrock(x, g));
    g.forEach((v, i) => {
      g[i] = Math.fround(v);
    });
    return value;
  },
} satisfies Record<string, Objective>;

/**
 * Long runs, where the last bits of every step (the compact form adds in another order than the two-loop
 * recursion) grow until the paths part. Their first 30 iterates agree and so does where they arrive.
 */
const PARTING: readonly string[] = ['rosenbrock 20', 'rosenbrock 20, one pair', 'quadratic 12'];

const trajectories = JSON.parse(
  readFileSync(new URL('../fixtures/lbfgs/trajectories.json', import.meta.url), 'utf8'),
) as Trajectory[];

for (const expected of trajectories) {
  test(`takes scipy's steps: ${expected.name}`, async () => {
    const { maxcor, gtol, maxiter, maxls, maxfun } = expected.options;
    const path: number[][] = [];
    let latest: readonly number[] = [];
    let evaluations = 0;
    const objective: Objective = (x, g) => {
      // scipy does not count a call at the same point as the call before.
      if (latest.length === 0 || latest.some((v, i) => v !== x[i])) evaluations += 1;
      latest = [...x];
      return OBJECTIVES[expected.function](x, g);
    };
    const found = await minimizeLbfgs(objective, Float64Array.from(expected.start), {
      ...(maxcor === undefined ? {} : { memory: maxcor }),
      ...(gtol === undefined ? {} : { gradientTolerance: gtol }),
      ...(maxiter === undefined ? {} : { maxIterations: maxiter }),
      ...(maxls === undefined ? {} : { maxLineSearchSteps: maxls }),
      ...(maxfun === undefined ? {} : { maxEvaluations: maxfun }),
      onIteration: (x) => path.push([...x]),
    });

    expected.iterates.forEach((x, k) => {
      assertClose(path[k], x, 1e-8, `iterate ${k + 1}`);
    });
    assert.equal(found.reason, REASONS[expected.message]);
    if (PARTING.includes(expected.name)) {
      assert.ok(Math.abs(found.iterations - expected.iterations) <= 0.25 * expected.iterations);
      assert.ok(found.value < 1e-8, `value ${found.value}`);
      return;
    }
    assert.equal(found.iterations, expected.iterations);
    assert.equal(evaluations, expected.evaluations);
    assertClose([found.value], [expected.value], 1e-8, 'value');
    assertClose([...found.gradient], expected.gradient, 1e-6, 'gradient');
  });
}

/** |a − b| ≤ tolerance · max(1, |b|) for every component. */
function assertClose(a: readonly number[], b: readonly number[], tolerance: number, what: string): void {
  assert.equal(a.length, b.length, what);
  b.forEach((v, i) => {
    const off = Math.abs(a[i] - v);
    assert.ok(off <= tolerance * Math.max(1, Math.abs(v)), `${what}[${i}]: ${a[i]} instead of ${v}`);
  });
}

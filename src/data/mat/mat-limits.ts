import { tooLargeMat } from './mat-errors.ts';

/** Bounds on what one file may cost. */
export interface MatLimits {
  /** Bytes in memory: what its compressed parts unpack to, and the values read from it. */
  readonly bytes: number;
  /** Arrays within arrays, the variable itself counted. */
  readonly depth: number;
}

/**
 * Far above any dataset's annotations (Stanford Cars': 60,000 values, 15 MB), and within what any machine that runs
 * this program has.
 */
export const MAT_LIMITS: MatLimits = { bytes: 512 * 2 ** 20, depth: 64 };

/** Counts what a file costs; small compressed parts may unpack to a thousand times their size. */
export interface MatBudget {
  readonly limits: MatLimits;
  /** Bytes that may still be spent. */
  readonly left: () => number;
  /** @throws {UserError} MAT_TOO_LARGE: more than is left. */
  readonly spend: (bytes: number, where: string) => void;
}

/** The error of a file that costs too much. */
export function overBudget(limits: MatLimits, where: string): Error {
  return tooLargeMat(
    where,
    `contents of at most ${limits.bytes.toLocaleString('en')} bytes in memory`,
    'more than that',
  );
}

/** A budget of which nothing is spent. */
export function openBudget(limits: MatLimits): MatBudget {
  let spent = 0;
  return {
    limits,
    left: () => limits.bytes - spent,
    spend(bytes, where) {
      spent += bytes;
      if (spent > limits.bytes) throw overBudget(limits, where);
    },
  };
}

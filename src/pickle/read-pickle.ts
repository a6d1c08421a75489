import { PickleMachine } from './pickle-machine.ts';
import type { PickleNames } from './pickle-names.ts';
import { OPERATIONS, REFUSED_OPERATIONS } from './pickle-opcodes.ts';
import { PickleProblem, type PickleValue } from './pickle-values.ts';

const STOP = 0x2e;

/** A problem with the place in the pickle where it was met. */
export class PickleError extends Error {
  readonly code: PickleProblem['code'];
  /** E.g. `byte 12 (REDUCE)`. */
  readonly place: string;
  readonly expected: string;
  readonly found: string;

  constructor(place: string, problem: PickleProblem) {
    super(`${place}: ${problem.message}`, { cause: problem });
    this.place = place;
    this.code = problem.code;
    this.expected = problem.expected;
    this.found = problem.found;
  }
}

/**
 * Reads a pickle as data, protocols 2 to 5.
 *
 * A closed list of operations, and a closed list of functions that the caller answers itself; whatever else a pickle
 * names becomes a `Placeholder`. Nothing is imported, built or called. Time and memory stay in proportion to the
 * pickle's length: there is no recursion, and stack, memo, objects and copies are limited.
 *
 * @throws {PickleError} REFUSED: an operation outside the list; DAMAGED; TOO_LARGE.
 */
export function readPickle(bytes: Uint8Array, names: PickleNames): PickleValue {
  const machine = new PickleMachine(bytes, names);
  let start = 0;
  let name = 'start';
  try {
    for (;;) {
      start = machine.position;
      name = 'start of an operation';
      const code = machine.byte();
      if (code === STOP) return machine.result();
      const operation = OPERATIONS.get(code);
      if (operation === undefined) {
        const refused = REFUSED_OPERATIONS.get(code) ?? `0x${code.toString(16).padStart(2, '0')}`;
        throw new PickleProblem('REFUSED', `operations as ${names.writer} writes them`, refused);
      }
      name = operation.name;
      operation.run(machine);
    }
  } catch (error) {
    if (!(error instanceof PickleProblem)) throw error;
    throw new PickleError(`byte ${start} (${name})`, error);
  }
}

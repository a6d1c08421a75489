let code = 0;

/** Sets the exit code the command ends with once its work is done. */
export function exitWith(value: number): void {
  code = value;
}

/** A person stopped the command before its work was done; the message says what is kept. */
export class InterruptedError extends Error {}

/** The exit code set so far; 0: done. */
export function exitCode(): number {
  return code;
}

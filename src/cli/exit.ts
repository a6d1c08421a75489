let code = 0;

/** Sets the exit code the command ends with once its work is done. */
export function exitWith(value: number): void {
  code = value;
}

/** The exit code set so far; 0: done. */
export function exitCode(): number {
  return code;
}

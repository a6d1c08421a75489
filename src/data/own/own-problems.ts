import { UserError } from '../../config/index.ts';

/** Text of a person's file in a message: short whatever stands there. */
export function shownText(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** `OWN_DATA`: a person's dataset is not as it must be. */
export function ownProblem(
  where: string,
  expected: string,
  found: string,
  hint: string,
  cause?: unknown,
): UserError {
  return new UserError('OWN_DATA', { where, expected, found, hint, cause });
}

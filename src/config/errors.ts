/** Base of every error whose cause the user can act on. `code` is stable; programs may match it. */
export class UserError extends Error {
  readonly code: string;

  /**
   * @param code Stable upper-case code, e.g. `UNKNOWN_DATASET`.
   * @param parts Where it happened, what was expected and found, and what to try.
   */
  constructor(
    code: string,
    parts: { where: string; expected?: string; found?: string; hint?: string; cause?: unknown },
  ) {
    const lines = [parts.where];
    if (parts.expected !== undefined) lines.push(`  expected: ${parts.expected}`);
    if (parts.found !== undefined) lines.push(`  found:    ${parts.found}`);
    if (parts.hint !== undefined) lines.push(`  try:      ${parts.hint}`);
    super(lines.join('\n'), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'UserError';
    this.code = code;
  }
}

/** Words of another program, which may quote lines of a file, as a part of one line of a message. */
export const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim();

import { inspect } from 'node:util';
import { systemErrorCode } from '../files/index.ts';
import type { TaskError } from './task.ts';

/**
 * Makes data of whatever was thrown.
 *
 * @param fallbackCode Code for values that bring none.
 * @returns The error's code and message; `stack` also shows its causes.
 */
export function toTaskError(thrown: unknown, fallbackCode = 'UNEXPECTED_ERROR'): TaskError {
  if (!(thrown instanceof Error)) return { code: fallbackCode, message: inspect(thrown) };
  return {
    code: systemErrorCode(thrown) ?? fallbackCode,
    message: thrown.message === '' ? thrown.name : thrown.message,
    stack: inspect(thrown),
  };
}

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../config/index.ts';

const colour = z.number().finite();
/** One number a colour: red, green, blue. */
export const colours = z.tuple([colour, colour, colour]);
/** A width, a count or a side. */
export const size = z.number().int().positive();

/** What to say of a model whose pictures are not resized bicubically, by their short side. */
export const OTHER_PICTURES = 'this model wants pictures resized in another way, which is not supported';

/** Reads a configuration file. @throws {UserError} MODEL_CONFIG_DAMAGED */
export function readJson<T>(path: string, schema: z.ZodType<T>): T {
  const damaged = (found: string, cause?: unknown) =>
    new UserError('MODEL_CONFIG_DAMAGED', {
      where: path,
      expected: 'the configuration of a CLIP model, as JSON',
      found,
      hint: 'fetch the file again, or remove it if it does not belong to the weights beside it',
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error), error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw damaged(`${issue.path.join('.') || 'the whole'}: ${issue.message}`, parsed.error);
}

/** The error for a setting that changes features and is not computed here. @param found Its value. */
export function unsupported(where: string, expected: string, found: unknown, hint: string): UserError {
  return new UserError('MODEL_CONFIG_UNSUPPORTED', { where, expected, found: JSON.stringify(found), hint });
}

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../config/index.ts';

/**
 * Class names as `--classnames` gives them: a JSON file with a list of texts.
 * @throws {UserError} CLASSNAMES_UNREADABLE
 */
export function readClassNamesFile(path: string): readonly string[] {
  const refuse = (found: string, cause?: unknown): never => {
    throw new UserError('CLASSNAMES_UNREADABLE', {
      where: `--classnames ${path}`,
      expected: 'a JSON file with a list of one or more class names, e.g. ["dog", "tiger_cat"]',
      found,
      cause,
    });
  };
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    refuse(missing ? 'no such file' : String(error), error);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    refuse(`no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const parsed = z.array(z.string()).min(1).safeParse(json);
  return parsed.success ? parsed.data : refuse(z.prettifyError(parsed.error));
}

/**
 * Class names from a JSON file (what ends in .json), or from a list separated by commas.
 * @throws {UserError} CLASSNAMES_UNREADABLE; BAD_OPTION: an empty name in the list.
 */
export function readClassNames(option: string): readonly string[] {
  if (option.toLowerCase().endsWith('.json')) return readClassNamesFile(option);
  const names = option.split(',').map((name) => name.trim());
  if (!names.includes('')) return names;
  throw new UserError('BAD_OPTION', {
    where: `--classnames ${option}`,
    expected: 'names separated by commas, or the path of a .json file',
    found: 'an empty name',
  });
}

import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { nearNames } from '../../config/index.ts';
import { ownProblem, shownText } from './own-problems.ts';
import { readJson, readText } from './read-text.ts';

/** Name of the small file beside a person's pictures. */
export const SETTINGS_FILE = 'dataset.json';

/** Names of classes: by their place, or by folder or label. */
export type ClassNames = readonly string[] | ReadonlyMap<string, string>;

/** What may be said of a person's dataset. */
export interface OwnSettings {
  readonly title: string | null;
  readonly prompt: string;
  readonly mirrors: boolean;
  readonly note: string | null;
  readonly classNames: ClassNames | null;
  /** Where the names stand, for messages. */
  readonly classNamesFrom: string;
  /** Files that were read. */
  readonly files: readonly string[];
}

const DEFAULT_PROMPT = 'a photo of a {}.';

const words = z.string().trim().min(1);
const classNames = z.union([z.array(words).min(1), z.record(z.string(), words)]);
const schema = z.strictObject({
  title: words.optional(),
  prompt: words.optional(),
  classNames: classNames.optional(),
  mirrors: z.boolean().optional(),
  note: words.optional(),
  homePage: z.string().optional(),
  licence: z.string().optional(),
  citation: z.string().optional(),
});
const KEYS = Object.keys(schema.shape);

type SettingsFile = z.infer<typeof schema>;

function explain(path: string, error: z.ZodError): never {
  const [issue] = error.issues as [z.core.$ZodIssue];
  const place = issue.path.length === 0 ? path : `${path}: ${issue.path.join('.')}`;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string;
    const near = nearNames(key, KEYS);
    throw ownProblem(
      place,
      `only the fields ${KEYS.join(', ')}`,
      shownText(key),
      near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'leave it out',
    );
  }
  throw ownProblem(place, 'what docs/datasets.md shows', issue.message, 'compare with the example there');
}

function readSettingsFile(path: string): SettingsFile {
  const parsed = schema.safeParse(readJson(path));
  return parsed.success ? parsed.data : explain(path, parsed.error);
}

const asNames = (names: z.infer<typeof classNames>): ClassNames =>
  Array.isArray(names) ? names : new Map(Object.entries(names));

/** Names in a file of their own: JSON, or a name a line. */
function readClassNames(path: string): ClassNames {
  if (extname(path).toLowerCase() === '.json') {
    const parsed = classNames.safeParse(readJson(path));
    return parsed.success ? asNames(parsed.data) : explain(path, parsed.error);
  }
  const lines = readText(path)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length > 0) return lines;
  throw ownProblem(
    path,
    'a class name a line',
    'an empty file',
    'write the names in the order of the labels',
  );
}

function checkPrompt(prompt: string, where: string): string {
  if (prompt.split('{}').length === 2) return prompt;
  throw ownProblem(where, 'one {} for the class name', shownText(prompt), 'such as "a photo of a {}."');
}

/**
 * What the small file beside the pictures and the flags say; a flag wins.
 *
 * @param folder Where `dataset.json` would stand.
 * @param prompt `--prompt`. @param classNamesFile `--class-names`.
 * @throws {UserError} OWN_DATA
 */
export function readOwnSettings(
  folder: string,
  prompt: string | null,
  classNamesFile: string | null,
): OwnSettings {
  const path = join(folder, SETTINGS_FILE);
  const found = existsSync(path) ? readSettingsFile(path) : null;
  const given = classNamesFile === null ? null : readClassNames(classNamesFile);
  const kept = found?.classNames === undefined ? null : asNames(found.classNames);
  return {
    title: found?.title ?? null,
    prompt:
      prompt === null
        ? checkPrompt(found?.prompt ?? DEFAULT_PROMPT, `${path}: prompt`)
        : checkPrompt(prompt, '--prompt'),
    mirrors: found?.mirrors ?? true,
    note: found?.note ?? null,
    classNames: given ?? kept,
    classNamesFrom: given === null ? `${path}: classNames` : (classNamesFile as string),
    files: [...(found === null ? [] : [path]), ...(classNamesFile === null ? [] : [classNamesFile])],
  };
}

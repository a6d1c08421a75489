import { z } from 'zod';
import { type StoredTensor, type TensorFile, writeSafetensors } from '../checkpoint/index.ts';
import {
  type Cell,
  CLASS_TOKEN_POSITIONS,
  canonicalJson,
  cellKey,
  type PlannedCell,
  UserError,
} from '../config/index.ts';
import type { LearnedContext, LearnedPrompt } from './learned-prompt.ts';

/** `format` in the metadata of a prompt file. */
const FORMAT = 'coop-bench prompt';
/** Raised when a file of an older reader's understanding would be misread. */
const FORMAT_VERSION = '1';

// Loose: a field that another version adds counts in the key and must stay.
const cellSchema = z.looseObject({
  dataset: z.looseObject({ key: z.string(), fingerprint: z.string() }),
  backbone: z.looseObject({
    name: z.string(),
    sha256: z.string(),
    settings: z.record(z.string(), z.unknown()).optional(),
  }),
  method: z.looseObject({
    kind: z.literal('coop'),
    key: z.string(),
    nCtx: z.int().min(1),
    position: z.enum(CLASS_TOKEN_POSITIONS),
    csc: z.boolean(),
    epochs: z.int().min(0),
  }),
  shots: z.int().min(0),
  seed: z.int().nullable(),
});
const classNamesSchema = z.array(z.string()).min(1);

function damaged(path: string, expected: string, found: string, cause?: unknown): UserError {
  return new UserError('PROMPT_DAMAGED', {
    where: `prompt ${path}`,
    expected,
    found,
    hint: "the file was changed or written by another program; the grid's command writes it again once its record is removed",
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Writes a learned prompt: a safetensors file with `ctx` and, as metadata, everything that made it. The same cell
 * gives the same bytes. Whole or not at all.
 *
 * @param planned The cell it was learned in, and its key.
 * @param classNames K names in the order of the labels.
 * @throws {UserError} DISK_FULL or FOLDER_NOT_WRITABLE.
 */
export function writePrompt(
  path: string,
  context: LearnedContext,
  { key, cell }: PlannedCell,
  classNames: readonly string[],
): void {
  const ctx: StoredTensor = { dtype: 'F32', shape: context.shape, data: context.data };
  writeSafetensors(path, new Map([['ctx', ctx]]), {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    key,
    cell: canonicalJson(cell),
    class_names: JSON.stringify(classNames),
  });
}

function parseJson<T>(file: TensorFile, name: string, schema: z.ZodType<T>): T {
  const text = file.metadata[name];
  if (text === undefined) throw damaged(file.path, `metadata "${name}"`, 'none');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(file.path, `JSON as metadata "${name}"`, String(error), error);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw damaged(file.path, `metadata "${name}" of a prompt`, z.prettifyError(parsed.error));
  return parsed.data;
}

/** Whether this program wrote a file as a prompt. */
export const isOwnForm = ({ metadata }: TensorFile): boolean => metadata.format === FORMAT;

/**
 * The prompt of a file that a grid wrote, checked against itself.
 * @throws {UserError} PROMPT_DAMAGED, PROMPT_VERSION
 */
export function readOwnForm(file: TensorFile, context: LearnedContext): LearnedPrompt {
  const version = file.metadata.format_version;
  if (version !== FORMAT_VERSION) {
    throw new UserError('PROMPT_VERSION', {
      where: `prompt ${file.path}`,
      expected: `version ${FORMAT_VERSION} of the format "${FORMAT}"`,
      found: version === undefined ? 'none' : `version ${version}`,
      hint: 'use the version of coop-bench that wrote it, or a newer one',
    });
  }
  const cell = parseJson(file, 'cell', cellSchema);
  const classNames = parseJson(file, 'class_names', classNamesSchema);
  const key = file.metadata.key ?? 'none';
  // The schema keeps every field, known or not, so the hash covers all of the cell.
  const expectedKey = cellKey(cell as unknown as Cell);
  if (key !== expectedKey) throw damaged(file.path, `key ${expectedKey}, that of its cell`, key);
  const { method, backbone } = cell;
  const { nCtx, csc } = method;
  const width = context.shape.at(-1)!;
  const shape = csc ? [classNames.length, nCtx, width] : [nCtx, width];
  if (context.shape.join() !== shape.join()) {
    throw damaged(
      file.path,
      `ctx [${shape.slice(0, -1).join(', ')}, W], as its configuration and its ${classNames.length} classes say`,
      `[${context.shape.join(', ')}]`,
    );
  }
  return {
    path: file.path,
    form: 'coop-bench',
    context,
    nCtx,
    width,
    csc,
    position: method.position,
    classNames,
    backbone,
    origin: { key, cell },
    fixedTokens: null,
  };
}

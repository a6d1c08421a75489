import { UserError } from '../config/index.ts';
import { DTYPE_BYTES, type Dtype, elementCount } from './safetensors-dtype.ts';

/** The header's length stands in the first eight bytes of a file, little-endian. */
export const LENGTH_BYTES = 8;
/** No header may be longer, in bytes: the format's own limit. */
export const HEADER_LIMIT = 100_000_000;

/** Where one tensor lies; offsets in bytes from the start of the file. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the header. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A damaged value in a message: short, whatever stands there. */
function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function parseEntry(value: unknown, bodyStart: number, fail: Fail, name: string): TensorEntry {
  const where = `tensor ${brief(name)}`;
  if (!isRecord(value)) fail('dtype, shape and data_offsets', `${where} is ${brief(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    fail(`a dtype among ${Object.keys(DTYPE_BYTES).join(', ')}`, `${where} of dtype ${brief(dtype)}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    fail('a shape of whole numbers', `${where} of shape ${brief(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    fail('data_offsets of two whole numbers', `${where} with ${brief(offsets)}`);
  }
  const [start, end]: number[] = offsets;
  const bytes = elementCount(shape) * DTYPE_BYTES[dtype as Dtype];
  if (end - start !== bytes) {
    fail(
      `${bytes} bytes for ${dtype} [${brief(shape).slice(1, -1)}]`,
      `${where} with bytes ${start} to ${end}`,
    );
  }
  return { dtype: dtype as Dtype, shape, start: bodyStart + start, end: bodyStart + end };
}

type Fail = (expected: string, found: string, hint?: string) => never;

/**
 * Reads and checks a safetensors header: every byte after it must belong to exactly one tensor.
 *
 * @param bytes At least the length and the header, as far as the file has them.
 * @param fileSize Bytes of the whole file.
 * @param where Names the file in errors.
 * @throws {UserError} `SAFETENSORS_DAMAGED`: cut off, no such format, or offsets, shapes and sizes at odds.
 */
export function parseHeader(bytes: Uint8Array, fileSize: number, where: string): SafetensorsHeader {
  const fail: Fail = (expected, found, hint) => {
    throw new UserError('SAFETENSORS_DAMAGED', {
      where,
      expected,
      found,
      ...(hint !== undefined && { hint }),
    });
  };
  if (fileSize < LENGTH_BYTES + 2)
    fail('a safetensors file', `${fileSize} bytes`, 'the file is cut off or empty');
  const stated = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (stated > BigInt(HEADER_LIMIT)) {
    fail(
      `a header of at most ${HEADER_LIMIT} bytes`,
      `one of ${stated} bytes by the file's first eight`,
      'this is no safetensors file, or it is damaged',
    );
  }
  const bodyStart = LENGTH_BYTES + Number(stated);
  if (bodyStart > fileSize) {
    fail(
      `a header of ${stated} bytes`,
      `${fileSize} bytes in all`,
      'the file is cut off; fetch or write it again',
    );
  }
  let json: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, bodyStart));
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail('a header in JSON', reason.slice(0, 200), 'the file is damaged or of another format');
  }
  if (!isRecord(json)) fail('a JSON object as header', brief(json));

  const entries = new Map<string, TensorEntry>();
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name !== '__metadata__') {
      entries.set(name, parseEntry(value, bodyStart, fail, name));
      continue;
    }
    if (!isRecord(value)) fail('text pairs as __metadata__', brief(value));
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string') fail(`text as metadata ${brief(key)}`, brief(text));
      Object.defineProperty(metadata, key, { value: text, enumerable: true });
    }
  }
  checkCover(entries, bodyStart, fileSize, fail);
  return { entries, metadata };
}

function checkCover(
  entries: ReadonlyMap<string, TensorEntry>,
  bodyStart: number,
  fileSize: number,
  fail: Fail,
): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let covered = bodyStart;
  for (const [name, { start, end }] of inOrder) {
    if (start !== covered) {
      const problem = start < covered ? 'overlaps the tensor before it' : 'leaves a gap before it';
      fail(`tensors one after the other`, `tensor ${brief(name)} at byte ${start} ${problem}`);
    }
    covered = end;
  }
  if (covered > fileSize) {
    fail(
      `${covered} bytes by the header`,
      `${fileSize} bytes`,
      'the file is cut off; fetch or write it again',
    );
  }
  if (covered < fileSize) fail(`${covered} bytes by the header`, `${fileSize} bytes, more than its tensors`);
}

import { lstat, stat } from 'node:fs/promises';
import { UserError } from '../../config/index.ts';
import { hashFile } from '../../files/index.ts';
import { type Datum, type PictureRef, picturePath, type Split } from '../dataset.ts';
import { limit } from '../pictures/limit.ts';
import { loadPicture, pictureKey } from '../pictures/picture.ts';

/** The lists of a split. */
const PARTS = ['train', 'val', 'test'] as const;
type Part = (typeof PARTS)[number];

/** A picture that something is wrong with. */
export interface PictureProblem {
  readonly part: Part;
  readonly name: string;
  /** One line. */
  readonly reason: string;
}

/** Two pictures of one content, or one picture listed twice. */
export interface DuplicatePair {
  readonly first: { readonly part: Part; readonly name: string };
  readonly second: { readonly part: Part; readonly name: string };
}

/** What was found out about the pictures of a split. */
export interface PictureCheck {
  /** Rows of the three lists. */
  readonly pictures: number;
  /** Not there, not a file, or empty. */
  readonly missing: readonly PictureProblem[];
  /** Pictures that were decoded; 0 unless asked for. */
  readonly decoded: number;
  readonly unreadable: readonly PictureProblem[];
  /** Listed more than once, in one list or in two. */
  readonly listedTwice: readonly DuplicatePair[];
  /** The same bytes in two of the lists. */
  readonly sameContent: readonly DuplicatePair[];
}

/** What a check does and tells. */
export interface PictureCheckOptions {
  /** Decode every picture. */
  readonly deep: boolean;
  /** Told after every few hundred steps. */
  readonly onProgress?: (doing: string, done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

interface Row {
  readonly part: Part;
  readonly datum: Datum;
}

/** Files looked at, or decoded, at once. */
const AT_ONCE = 32;
const DECODED_AT_ONCE = 4;
const TELL_EVERY = 256;

const nameOf = ({ part, datum }: Row) => ({ part, name: datum.picture.name });

async function forAll<T>(
  items: readonly T[],
  most: number,
  doing: string,
  { onProgress, signal }: PictureCheckOptions,
  each: (item: T) => Promise<void>,
): Promise<void> {
  const gate = limit(most);
  let done = 0;
  // In blocks: a promise for each of a million files would take more memory than the files' names.
  const block = most * TELL_EVERY;
  for (let begin = 0; begin < items.length; begin += block) {
    await Promise.all(
      items.slice(begin, begin + block).map((item) =>
        gate(async () => {
          signal?.throwIfAborted();
          await each(item);
          done += 1;
          if (done % TELL_EVERY === 0 || done === items.length) onProgress?.(doing, done, items.length);
        }),
      ),
    );
  }
}

/** Size of a picture's file in bytes, or why there is none. A drawing has no file; its source is looked up. */
async function sizeOf(picture: PictureRef): Promise<number | string> {
  if (picture.kind === 'icon') {
    try {
      pictureKey(picture);
      return 1;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return oneLine(error);
    }
  }
  try {
    const found = await stat(picturePath(picture));
    if (!found.isFile()) return 'not a file';
    return found.size === 0 ? 'an empty file' : found.size;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return String(code ?? error);
    const link = await lstat(picturePath(picture)).catch(() => null);
    return link === null ? 'no such file' : 'a link that leads nowhere';
  }
}

/** What was found, of an error's lines. */
function oneLine(error: UserError): string {
  const found = /^ {2}found: +(.*)$/m.exec(error.message)?.[1];
  return found ?? error.message.split('\n')[0]!;
}

/** Rows of one picture, by its name. */
function repeatedNames(rows: readonly Row[]): DuplicatePair[] {
  const seen = new Map<string, Row>();
  const pairs: DuplicatePair[] = [];
  for (const row of rows) {
    const before = seen.get(row.datum.picture.name);
    if (before === undefined) seen.set(row.datum.picture.name, row);
    else pairs.push({ first: nameOf(before), second: nameOf(row) });
  }
  return pairs;
}

/** Rows of different lists with the same bytes. Only files of one size are read. */
async function repeatedContent(
  sizes: ReadonlyMap<Row, number>,
  options: PictureCheckOptions,
): Promise<DuplicatePair[]> {
  const bySize = new Map<number, Row[]>();
  for (const [row, size] of sizes) {
    const group = bySize.get(size);
    if (group === undefined) bySize.set(size, [row]);
    else group.push(row);
  }
  const suspects = [...bySize.values()]
    .filter((rows) => new Set(rows.map(({ part }) => part)).size > 1)
    .flat();
  const contents = new Map<Row, string>();
  await forAll(suspects, DECODED_AT_ONCE, 'comparing', options, async (row) => {
    const { picture } = row.datum;
    contents.set(row, picture.kind === 'icon' ? pictureKey(picture) : await hashFile(picturePath(picture)));
  });
  const seen = new Map<string, Row>();
  const pairs: DuplicatePair[] = [];
  for (const row of suspects) {
    const content = contents.get(row) as string;
    const before = seen.get(content);
    if (before === undefined) seen.set(content, row);
    else if (before.part !== row.part && before.datum.picture.name !== row.datum.picture.name)
      pairs.push({ first: nameOf(before), second: nameOf(row) });
  }
  return pairs;
}

/**
 * Looks at every picture of a split: whether it is there, whether it is listed twice, whether one list has the
 * content of another, and, if asked for, whether it decodes.
 *
 * @throws The signal's reason once it is aborted.
 */
export async function checkPictures(split: Split, options: PictureCheckOptions): Promise<PictureCheck> {
  const rows = PARTS.flatMap((part) => split[part].map((datum): Row => ({ part, datum })));
  const missing: PictureProblem[] = [];
  const sizes = new Map<Row, number>();
  await forAll(rows, AT_ONCE, 'looking', options, async (row) => {
    const size = await sizeOf(row.datum.picture);
    if (typeof size === 'number') sizes.set(row, size);
    else missing.push({ ...nameOf(row), reason: size });
  });
  const sameContent = await repeatedContent(sizes, options);
  const unreadable: PictureProblem[] = [];
  const there = options.deep ? [...sizes.keys()] : [];
  await forAll(there, DECODED_AT_ONCE, 'decoding', options, async (row) => {
    try {
      await loadPicture(row.datum.picture, 64);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable.push({ ...nameOf(row), reason: oneLine(error) });
    }
  });
  const order = new Map(rows.map((row, i) => [`${row.part} ${row.datum.picture.name}`, i]));
  const inOrder = (problems: PictureProblem[]) =>
    problems.sort((a, b) => order.get(`${a.part} ${a.name}`)! - order.get(`${b.part} ${b.name}`)!);
  return {
    pictures: rows.length,
    missing: inOrder(missing),
    decoded: there.length - unreadable.length,
    unreadable: inOrder(unreadable),
    listedTwice: repeatedNames(rows),
    sameContent,
  };
}

import { readFileSync, statSync } from 'node:fs';
import { UserError } from '../../config/index.ts';
import { systemErrorCode } from '../../files/index.ts';
import {
  kindOf,
  PickleError,
  type PickleNames,
  PickleProblem,
  type PickleValue,
  Placeholder,
  readPickle,
} from '../../pickle/index.ts';
import type { Datum, PublishedDraw, Split } from '../dataset.ts';

/** A labelled picture of a saved draw. */
interface SavedPicture {
  /** As on the machine that saved it. */
  readonly path: string;
  readonly label: number;
}

/** A draw as the official code saved it. */
export interface SavedDraw {
  readonly train: readonly SavedPicture[];
  /** Null where the file holds training pictures only, as ImageNet's. */
  readonly val: readonly SavedPicture[] | null;
}

const HINT = 'remove the file to draw by the seed';

/** Most bytes of a file: 16 shots of 1000 classes take some 3 MB. */
const FILE_LIMIT = 64 << 20;
const LONGEST_SHOWN = 160;

/** Text of the file in a message: quoted, and its end where it is long, as that is where pictures differ. */
function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `…${text.slice(-LONGEST_SHOWN)}` : text);
}

/** Nothing is on the list: the class of pictures, too, comes out as a placeholder with its attributes. */
const NAMES: PickleNames = {
  writer: 'Python',
  global: (module, name) => new Placeholder(`${module}.${name}`),
  persistent: (id) => {
    throw new PickleProblem('REFUSED', 'no objects outside the file', kindOf(id));
  },
};

const CODES = { DAMAGED: 'DRAW_DAMAGED', REFUSED: 'PICKLE_REFUSED', TOO_LARGE: 'DRAW_TOO_LARGE' } as const;

function damaged(where: string, expected: string, found: string): UserError {
  return new UserError('DRAW_DAMAGED', { where, expected, found, hint: HINT });
}

/** Attribute of a picture, whose state is a dict, or a pair of a dict or None and the dict of its slots. */
function attributeOf(picture: Placeholder, name: string): PickleValue | undefined {
  const { state } = picture;
  // Searched, not copied: a hostile file lets a million pictures share one large state.
  const dicts = Array.isArray(state) && state.length === 2 ? state : [state];
  for (const dict of dicts) if (dict instanceof Map && dict.has(name)) return dict.get(name);
  return undefined;
}

function readPicture(value: PickleValue, where: string): SavedPicture {
  if (!(value instanceof Placeholder) || value.state === undefined)
    throw damaged(where, 'a picture with its path and label', kindOf(value));
  const path = attributeOf(value, '_impath');
  const label = attributeOf(value, '_label');
  if (typeof path !== 'string' || path === '') throw damaged(where, 'a path _impath', kindOf(path));
  if (typeof label !== 'number' || !Number.isSafeInteger(label))
    throw damaged(where, 'a whole number _label', kindOf(label));
  return { path: path.replaceAll('\\', '/'), label };
}

function readBytes(path: string): Uint8Array {
  const problem = (found: string, cause?: unknown) =>
    new UserError('DRAW_DAMAGED', { where: path, expected: 'a readable file', found, hint: HINT, cause });
  try {
    const stat = statSync(path);
    // Opening a pipe would wait for its writer.
    if (!stat.isFile()) throw problem(stat.isDirectory() ? 'a folder' : 'not a plain file');
    if (stat.size > FILE_LIMIT) {
      const [expected, found] = [`at most ${FILE_LIMIT} bytes`, `${stat.size} bytes`];
      throw new UserError('DRAW_TOO_LARGE', { where: path, expected, found, hint: HINT });
    }
    return readFileSync(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined || error instanceof UserError) throw error;
    throw problem(code === 'ENOENT' ? 'no such file' : code, error);
  }
}

/**
 * Reads a few-shot draw as CoOp saves it, `split_fewshot/shot_K-seed_S.pkl`: a pickle of lists of labelled pictures.
 * It is read as data: nothing in it is imported or called.
 *
 * @returns Paths with forward slashes, also where they were saved on Windows.
 * @throws {UserError} DRAW_DAMAGED: unreadable, cut off, or no draw; PICKLE_REFUSED: an operation outside the closed
 *   list; DRAW_TOO_LARGE: more than any draw has.
 */
export function readPublishedDraw(path: string): SavedDraw {
  const bytes = readBytes(path);
  let content: PickleValue;
  try {
    content = readPickle(bytes, NAMES);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    const { code, place, expected, found } = error;
    throw new UserError(CODES[code], {
      where: `${path}, ${place}`,
      expected,
      found,
      hint: HINT,
      cause: error,
    });
  }
  if (!(content instanceof Map)) throw damaged(path, 'a dict with the lists train and val', kindOf(content));
  const list = (name: 'train' | 'val'): SavedPicture[] => {
    const items = content.get(name);
    if (!Array.isArray(items)) throw damaged(path, `a list ${name}`, kindOf(items));
    return items.map((item, i) => readPicture(item, `${path}: ${name}[${i}]`));
  };
  const train = list('train');
  if (train.length === 0) throw damaged(path, 'a picture or more in train', 'none');
  const val = content.has('val') ? list('val') : [];
  return { train, val: val.length === 0 ? null : val };
}

function otherSplit(where: string, expected: string, found: string): UserError {
  return new UserError('DRAW_OF_OTHER_SPLIT', {
    where,
    expected,
    found,
    hint: `${HINT}, or put the split beside the data that it was drawn from`,
  });
}

/** The ends of a path that begin at a slash, without it, of up to `depth` parts; the longest first. */
function endsOf(path: string, depth: number): string[] {
  const ends: string[] = [];
  for (let at = path.length; ends.length < depth && at >= 0; ) {
    at = at === 0 ? -1 : path.lastIndexOf('/', at - 1);
    ends.push(path.slice(at + 1));
  }
  return ends.reverse();
}

/**
 * Indices of saved pictures in a list of the split. A path is of another machine: its picture is the one whose name
 * is the longest end of it.
 */
function indicesIn(data: readonly Datum[], saved: readonly SavedPicture[], where: string): number[] {
  if (saved.length > data.length)
    throw otherSplit(where, `at most ${data.length} pictures, as the split has`, String(saved.length));
  const depth = data.reduce((most, { picture }) => Math.max(most, picture.name.split('/').length), 0);
  const ends = saved.map(({ path }) => endsOf(path, depth));
  // Only what can be asked for: a list may have a million names.
  const wanted = new Set(ends.flat());
  const index = new Map<string, number>();
  data.forEach(({ picture: { name } }, i) => {
    if (wanted.has(name)) index.set(name, i);
  });
  const drawn = new Set<number>();
  return saved.map(({ path, label }, i) => {
    const place = `${where}[${i}]`;
    const name = ends[i]!.find((end) => index.has(end));
    if (name === undefined) throw otherSplit(place, 'a picture of the split', shown(path));
    const found = index.get(name)!;
    const own = data[found]!.label;
    if (own !== label) throw otherSplit(place, `${shown(name)} of label ${own}`, `of label ${label}`);
    if (drawn.has(found)) throw otherSplit(place, 'every picture once', `${shown(path)} for the second time`);
    drawn.add(found);
    return found;
  });
}

/**
 * Finds a saved draw's pictures in a split.
 *
 * @param where Names the file in errors.
 * @returns Indices into the split's `train` and `val`, in drawing order.
 * @throws {UserError} DRAW_OF_OTHER_SPLIT: a picture or label the split does not have, or a picture twice.
 */
export function matchPublishedDraw({ train, val }: SavedDraw, split: Split, where: string): PublishedDraw {
  return {
    train: indicesIn(split.train, train, `${where}: train`),
    val: val === null ? null : indicesIn(split.val, val, `${where}: val`),
  };
}

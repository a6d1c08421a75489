import { readFileSync } from 'node:fs';
import { UserError } from '../../config/index.ts';
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

/** Attributes of a picture: a plain dict, or beside it those of slots. */
function attributesOf(value: PickleValue): ReadonlyMap<PickleValue, PickleValue> | null {
  if (!(value instanceof Placeholder)) return null;
  const { state } = value;
  if (state instanceof Map) return state;
  if (!Array.isArray(state)) return null;
  const parts = state.filter((part) => part instanceof Map) as Map<PickleValue, PickleValue>[];
  return parts.length === 0 ? null : new Map(parts.flatMap((part) => [...part]));
}

function readPicture(value: PickleValue, where: string): SavedPicture {
  const attributes = attributesOf(value);
  if (attributes === null) throw damaged(where, 'a picture with its path and label', kindOf(value));
  const path = attributes.get('_impath');
  const label = attributes.get('_label');
  if (typeof path !== 'string' || path === '') throw damaged(where, 'a path _impath', kindOf(path));
  if (typeof label !== 'number' || !Number.isSafeInteger(label))
    throw damaged(where, 'a whole number _label', kindOf(label));
  return { path: path.replaceAll('\\', '/'), label };
}

/**
 * Reads a few-shot draw as CoOp saves it, `split_fewshot/shot_K-seed_S.pkl`: a pickle of lists of labelled pictures.
 * It is read as data: nothing in it is imported or called.
 *
 * @throws {UserError} DRAW_DAMAGED, PICKLE_REFUSED, DRAW_TOO_LARGE
 */
export function readPublishedDraw(path: string): SavedDraw {
  let content: PickleValue;
  try {
    content = readPickle(readFileSync(path), NAMES);
  } catch (error) {
    if (error instanceof PickleError) {
      const { code, place, expected, found } = error;
      throw new UserError(CODES[code], {
        where: `${path}, ${place}`,
        expected,
        found,
        hint: HINT,
        cause: error,
      });
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError('DRAW_DAMAGED', {
      where: path,
      expected: 'a file',
      found: code,
      hint: HINT,
      cause: error,
    });
  }
  if (!(content instanceof Map)) throw damaged(path, 'a dict with the lists train and val', kindOf(content));
  const list = (name: 'train' | 'val'): SavedPicture[] | null => {
    const items = content.get(name);
    if (items === undefined && name === 'val') return null;
    if (!Array.isArray(items)) throw damaged(path, `a list ${name}`, kindOf(items));
    return items.map((item, i) => readPicture(item, `${path}: ${name}[${i}]`));
  };
  return { train: list('train') as SavedPicture[], val: list('val') };
}

function otherSplit(where: string, expected: string, found: string): UserError {
  return new UserError('DRAW_OF_OTHER_SPLIT', {
    where,
    expected,
    found,
    hint: `${HINT}, or put the split beside the data that it was drawn from`,
  });
}

/** Indices of saved pictures in a list of the split. */
function indicesIn(data: readonly Datum[], saved: readonly SavedPicture[], where: string): number[] {
  const index = new Map(data.map(({ picture }, i) => [picture.name, i]));
  const drawn = new Set<number>();
  return saved.map(({ path, label }, i) => {
    const place = `${where}[${i}]`;
    // The path is of another machine: the picture is the one whose name is the longest end of it, at a slash.
    let found = index.get(path);
    for (let at = path.indexOf('/'); found === undefined && at >= 0; at = path.indexOf('/', at + 1)) {
      found = index.get(path.slice(at + 1));
    }
    if (found === undefined) throw otherSplit(place, 'a picture of the split', path);
    const own = data[found]!.label;
    if (own !== label)
      throw otherSplit(place, `${data[found]!.picture.name} of label ${own}`, `of label ${label}`);
    if (drawn.has(found)) throw otherSplit(place, 'every picture once', `${path} for the second time`);
    drawn.add(found);
    return found;
  });
}

/**
 * Finds a saved draw's pictures in a split.
 *
 * @param where Names the file in errors.
 * @throws {UserError} DRAW_OF_OTHER_SPLIT: a picture or label the split does not have.
 */
export function matchPublishedDraw({ train, val }: SavedDraw, split: Split, where: string): PublishedDraw {
  return {
    train: indicesIn(split.train, train, `${where}: train`),
    val: val === null ? null : indicesIn(split.val, val, `${where}: val`),
  };
}

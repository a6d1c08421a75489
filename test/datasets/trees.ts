import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jpeg, put } from '../cli/photographs.ts';

const fixtures = fileURLToPath(new URL('../fixtures/datasets/', import.meta.url));

/** Path, label, class name. */
type Row = readonly [string, number, string];
type Rows = Readonly<Record<'train' | 'val' | 'test', readonly Row[]>>;

/** What CoOp's rules give on a split: names drawn, by `shots seed`; and halves of the classes. */
interface Answers {
  readonly draws: Readonly<Record<string, Readonly<Record<'train' | 'val', readonly string[]>>>>;
  readonly base: Half;
  readonly new: Half;
}

interface Half {
  readonly split: Rows;
  readonly draws: Readonly<Record<string, Readonly<Record<'train' | 'val', readonly Row[]>>>>;
}

/** A dataset's small tree, and what a program that is not ours makes of it; see test/fixtures/datasets/make.py. */
export interface Tree extends Partial<Answers> {
  readonly folder: string;
  /** Text of a file, null for a picture, or a MATLAB file of the fixtures. */
  readonly files: Readonly<Record<string, string | null | { readonly mat: string }>>;
  readonly split: Rows;
  readonly splitFile?: Answers & { readonly name: string; readonly text: string; readonly split: Rows };
}

export const TREES: Readonly<Record<string, Tree>> = JSON.parse(
  readFileSync(join(fixtures, 'trees.json'), 'utf8'),
);

/**
 * Writes a dataset's tree under a folder: real JPEGs.
 * @param options `contents`: how many of a set's pictures differ, where a model is to see few of them; default: all.
 */
export async function makeTree(
  root: string,
  key: string,
  { splitFile, contents }: { readonly splitFile: boolean; readonly contents?: number },
): Promise<void> {
  const tree = TREES[key]!;
  let seed = 0;
  for (const [name, content] of Object.entries(tree.files)) {
    const path = join(root, tree.folder, name);
    const number = contents === undefined ? seed : seed % contents;
    const mark = contents === undefined ? name : `${key} ${number}`;
    if (content === null) put(path, Buffer.concat([await jpeg(number, 8), Buffer.from(mark)]));
    else if (typeof content === 'string') put(path, content);
    else {
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(join(fixtures, content.mat), path);
    }
    seed += 1;
  }
  if (splitFile && tree.splitFile) put(join(root, tree.folder, tree.splitFile.name), tree.splitFile.text);
}

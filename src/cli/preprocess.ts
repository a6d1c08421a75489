import { join } from 'node:path';
import { Command } from 'commander';
import type { StoredTensor } from '../checkpoint/index.ts';
import { parseInteger, UserError } from '../config/index.ts';
import { inOrder, openPreparer } from '../data/index.ts';
import { exitWith } from './exit.ts';
import { listPictures, testPicture, unlessUnreadable } from './picture-folder.ts';
import { prepareOutFile, writeTensors } from './tensor-files.ts';

interface PreprocessFlags {
  readonly size: number;
  readonly images: string;
  readonly out: string;
}

/** Largest side: 50 MB a picture, and far above every CLIP's. */
const LARGEST_SIZE = 4096;

/** Threads take longer to start than this many pictures to prepare. */
const WORTH_THREADS = 64;

function parseSize(text: string): number {
  const size = parseInteger('size', text, 1);
  if (size <= LARGEST_SIZE) return size;
  throw new UserError('BAD_OPTION', {
    where: '--size',
    expected: `a whole number from 1 to ${LARGEST_SIZE}`,
    found: text,
  });
}

async function run({ size, images, out }: PreprocessFlags): Promise<void> {
  const names = listPictures(images);
  prepareOutFile(out);
  const made = new Map<string, StoredTensor>();
  const preparer = openPreparer(names.length > WORTH_THREADS ? undefined : 0);
  try {
    const prepare = (i: number) =>
      unlessUnreadable(() => preparer.prepare(testPicture(join(images, names[i]!), size)));
    let seen = 0;
    for await (const picture of inOrder(names.length, prepare, preparer.ahead)) {
      const name = names[seen++]!;
      if (picture !== null) made.set(name, { dtype: 'U8', shape: [size, size, 3], data: picture.data });
    }
  } finally {
    await preparer.close();
  }
  writeTensors(out, made);
  if (made.size < names.length) exitWith(1);
}

/** `coop-bench preprocess`: the pixels that CLIP's test transform leaves of pictures. */
export function preprocessCommand(): Command {
  return new Command('preprocess')
    .description("pixels of a folder's pictures after CLIP's test transform, before normalisation")
    .requiredOption('--size <S>', "side in pixels: the model's resolution", parseSize)
    .requiredOption('--images <dir>', 'folder of pictures; folders within are not searched')
    .requiredOption('--out <file>', 'safetensors file to write')
    .addHelpText(
      'after',
      `
In:  files that end in jpg, jpeg, png, webp, gif, tif, tiff or bmp. Decoded to RGB as Pillow does; EXIF
     orientation and colour profiles are ignored, alpha is dropped.
Out: for every picture, under its file name: uint8 [S, S, 3] (rows, columns, RGB), the short side resized to S
     (bicubic, antialiased), then the centre square. All are held in memory: 150 kB a picture at S = 224.
A picture that cannot be read is named on stderr and left out, the others are written, and the exit code is 1.

Example:
  npx coop-bench preprocess --size 224 --images test/fixtures/preprocess --out pixels.safetensors`,
    )
    .action(run);
}

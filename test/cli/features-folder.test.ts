import assert from 'node:assert/strict';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSafetensors } from '../../src/checkpoint/index.ts';
import { encodeFolder } from '../../src/cli/encode-folder.ts';
import { listPictures } from '../../src/cli/picture-folder.ts';
import { openCheckpoint } from '../../src/clip/index.ts';
import { ImageEncoder } from '../../src/methods/index.ts';
import { onnxEngine } from '../../src/runtime/index.ts';
import { relativeError } from '../relative-error.ts';
import { coopBench, fixture, floats, projectFile, SUITE, workFolder } from './command.ts';

const folder = workFolder();
const KINDS = ['photo.jpg', 'gray.png', 'w.webp', 'p.gif', 'b.bmp'];
/** A folder of `count` pictures, the kinds by turns; `broken` are no pictures. */
function pictureFolder(name: string, count: number, broken: readonly number[] = []): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (let i = 0; i < count; i++) {
    const kind = KINDS[i % KINDS.length]!;
    const file = join(path, `${String(i).padStart(5, '0')}-${kind}`);
    if (broken.includes(i)) writeFileSync(file, 'no picture');
    else linkSync(fixture(`preprocess/${kind}`), file);
  }
  return path;
}

describe('features of a folder', SUITE, () => {
  it('keeps the order of the names over many batches, and leaves out what cannot be read', async () => {
    const broken = [3, 40, 41, ...Array.from({ length: 32 }, (_, i) => 64 + i), 129];
    const pictures = pictureFolder('many', 130, broken);
    const out = join(folder, 'many.safetensors');
    const answer = await coopBench([
      'features',
      '--checkpoint',
      'icon-clip-rn',
      '--images',
      pictures,
      '--out',
      out,
    ]);
    assert.equal(answer.code, 1, answer.stderr);
    const found = readSafetensors(out);
    const names = listPictures(pictures);
    const kept = names.filter((_, i) => !broken.includes(i));
    assert.deepEqual(JSON.parse(found.metadata.paths!), kept);
    assert.equal(answer.stderr.match(/left out: /g)!.length, broken.length);
    assert.match(answer.stderr, /left out: .*00129-b\.bmp/);
    assert.match(answer.stderr, /128 of 130 pictures\n(.|\n)*130 of 130 pictures\n/);
    // Links to one file have one feature, and other files have others.
    const features = floats(found, 'image_features');
    const dim = features.length / kept.length;
    const row = (i: number) => features.subarray(i * dim, (i + 1) * dim);
    const first = new Map(KINDS.map((kind) => [kind, row(kept.findIndex((name) => name.endsWith(kind)))]));
    for (const [i, name] of kept.entries()) {
      assert.ok(relativeError(row(i), first.get(name.slice(6))!) < 1e-6, name);
    }
    assert.equal(new Set([...first.values()].map((feature) => feature.join())).size, KINDS.length);
  });

  it('fails no command where no picture can be read, and gives no features', async () => {
    const pictures = pictureFolder('none', 3, [0, 1, 2]);
    const out = join(folder, 'none.safetensors');
    const answer = await coopBench([
      'features',
      '--checkpoint',
      'icon-clip-rn',
      '--images',
      pictures,
      '--out',
      out,
    ]);
    assert.equal(answer.code, 1, answer.stderr);
    assert.deepEqual(readSafetensors(out).tensors.get('image_features')!.shape.slice(0, 1), [0]);
  });

  it('takes no more memory for many pictures than for some', async () => {
    const pictures = pictureFolder('memory', 1200);
    const checkpoint = await openCheckpoint(projectFile('models/icon-clip-rn.safetensors'));
    const encoder = await ImageEncoder.compile(onnxEngine(), checkpoint);
    const rss: number[] = [];
    for await (const _ of encodeFolder(pictures, listPictures(pictures), encoder)) {
      rss.push(process.memoryUsage.rss() / 2 ** 20);
    }
    await encoder.dispose();
    const third = Math.floor(rss.length / 3);
    const [middle, end] = [rss.slice(third, 2 * third), rss.slice(2 * third)].map((part) =>
      Math.max(...part),
    );
    // 400 decoded pictures of these sizes would be 60 MB and more, their views at 64 px 5 MB.
    assert.ok(end! - middle! < 30, `${rss.map(Math.round).join(' ')} MB`);
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import sharp from 'sharp';
import { viewPicture } from '../../src/data/index.ts';
import { recentPictures } from '../../src/data/pictures/recent-pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'coop-bench-recent-'));
after(() => rmSync(folder, { recursive: true }));

/** A photograph of one colour, as large as given. */
async function picture(name: string, level: number, side = 64) {
  const background = { r: level, g: level, b: level };
  await sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toFile(join(folder, name));
  return { kind: 'file', folder, name } as const;
}

describe('pictures that were read lately', () => {
  it('are read once: a file that is gone is still there', async () => {
    const load = recentPictures();
    const grey = await picture('grey.png', 100);
    const first = await load(grey, 64);
    rmSync(join(folder, 'grey.png'));
    assert.deepEqual(await load(grey, 64), first);
    assert.deepEqual([...new Set(first.data)], [100]);
  });

  it('give way to later ones when they take too much memory', async () => {
    const load = recentPictures();
    const first = await picture('first.png', 7, 2000);
    await load(first, 64);
    // Two more of 12 MB.
    for (const level of [8, 9]) await load(await picture(`${level}.png`, level, 2000), 64);
    await picture('first.png', 77, 2000);
    assert.equal((await load(first, 64)).data[0], 77);
  });

  it('are asked for again after a failure', async () => {
    const load = recentPictures();
    const late = { kind: 'file', folder, name: 'late.png' } as const;
    await assert.rejects(load(late, 64), { code: 'PICTURE_MISSING' });
    await picture('late.png', 50);
    assert.equal((await load(late, 64)).data[0], 50);
  });

  it('stay as they are when a view of them is written to', async () => {
    const load = recentPictures();
    const request = { picture: await picture('kept.png', 20), view: { kind: 'test' }, size: 64 } as const;
    (await viewPicture(request, load)).data.fill(255);
    assert.equal((await viewPicture(request, load)).data[0], 20);
  });
});

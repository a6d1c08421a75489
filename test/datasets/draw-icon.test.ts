import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { drawIcon, iconSource, loadIconSet } from '../../src/data/pictures/draw-icon.ts';

/** Flips and turns as sharp does them, of a square RGB picture. */
async function transformed(
  image: { data: Uint8Array; width: number; height: number },
  change: (picture: Sharp) => Sharp,
): Promise<Buffer> {
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  return change(sharp(image.data, { raw })).raw().toBuffer();
}

/** Mean absolute difference in grey levels. */
function difference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}

/** Adds aliases to a set in memory, under names no set has. */
function withAliases(set: string, aliases: Record<string, object>): void {
  const loaded = loadIconSet(set) as { aliases?: Record<string, object> };
  loaded.aliases = { ...loaded.aliases, ...aliases };
}

test('a drawing is black on white, of the size asked for', () => {
  for (const size of [32, 64, 224]) {
    const { width, height, data } = drawIcon('feather', 'home', size);
    assert.deepEqual([width, height, data.length], [size, size, size * size * 3]);
    assert.deepEqual([...data.subarray(0, 3)], [255, 255, 255]);
    assert.ok(data.includes(0));
    for (let i = 0; i < data.length; i += 3) assert.ok(data[i] === data[i + 1] && data[i] === data[i + 2]);
  }
});

test('a drawing equals what librsvg makes of the same source, edges aside', async () => {
  for (const [set, icon] of [
    ['feather', 'home'],
    ['fa6-solid', 'truck'],
    ['twemoji', 'rocket'],
    ['bxs', 'bug'],
  ]) {
    const ours = drawIcon(set, icon, 64);
    const theirs = await sharp(Buffer.from(iconSource(set, icon)), { density: 600 })
      .resize(64, 64)
      .flatten({ background: '#ffffff' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    assert.ok(difference(ours.data, theirs) < 4, `${set}:${icon} ${difference(ours.data, theirs)}`);
  }
});

test('a drawing that is not square stands in the middle of one', () => {
  // Font Awesome's truck is 640 × 512: a tenth of the height stays free above and below.
  const { data } = drawIcon('fa6-solid', 'truck', 100);
  const rowIsWhite = (y: number) => data.subarray(y * 300, (y + 1) * 300).every((value) => value === 255);
  for (const y of [0, 5, 9, 90, 95, 99]) assert.ok(rowIsWhite(y), `row ${y}`);
  assert.ok(!rowIsWhite(50));
});

test('colour icons keep their palette', () => {
  const { data } = drawIcon('twemoji', 'red-heart', 64);
  const middle = (32 * 64 + 32) * 3;
  const [r, g, b] = data.subarray(middle, middle + 3);
  // Twemoji's red is #DD2E44.
  assert.deepEqual([r, g, b], [0xdd, 0x2e, 0x44]);
});

test('aliases are followed: flips, then quarter turns clockwise, over several steps', async () => {
  withAliases('feather', {
    'test-h': { parent: 'key', hFlip: true },
    'test-v': { parent: 'key', vFlip: true },
    'test-r1': { parent: 'key', rotate: 1 },
    'test-h-r1': { parent: 'key', hFlip: true, rotate: 1 },
    'test-same': { parent: 'test-h', hFlip: true },
    'test-r3': { parent: 'test-r1', rotate: 2 },
  });
  const plain = drawIcon('feather', 'key', 64);
  const check = async (icon: string, change: (picture: Sharp) => Sharp) => {
    const expected = await transformed(plain, change);
    const far = difference(drawIcon('feather', icon, 64).data, expected);
    assert.ok(far < 1, `${icon}: ${far}`);
  };
  await check('test-h', (picture) => picture.flop());
  await check('test-v', (picture) => picture.flip());
  await check('test-r1', (picture) => picture.rotate(90));
  await check('test-r3', (picture) => picture.rotate(270));
  await check('test-same', (picture) => picture);
  // sharp mirrors before it turns, whatever the order of the calls.
  await check('test-h-r1', (picture) => picture.flop().rotate(90));
  assert.ok(difference(plain.data, drawIcon('feather', 'test-h', 64).data) > 5);
});

test('a turned drawing that is not square lies on its other side', () => {
  withAliases('fa6-solid', { 'test-turned': { parent: 'truck', rotate: 1 } });
  const { data } = drawIcon('fa6-solid', 'test-turned', 100);
  const columnIsWhite = (x: number) => {
    return Array.from({ length: 100 }, (_, y) => data[(y * 100 + x) * 3]).every((value) => value === 255);
  };
  for (const x of [0, 9, 90, 99]) assert.ok(columnIsWhite(x), `column ${x}`);
});

test('the source is the same text at every call, and names no size', () => {
  const source = iconSource('feather', 'home');
  assert.equal(source, iconSource('feather', 'home'));
  assert.match(source, /^<svg [^>]*viewBox="0 0 24 24">.*<\/svg>$/);
});

test('an unknown icon is refused with near names, an unknown set with what to install', () => {
  assert.throws(() => drawIcon('feather', 'hoem', 64), {
    code: 'UNKNOWN_ICON',
    message: /near names: .*home/,
  });
  assert.throws(() => drawIcon('feather', 'constructor', 64), { code: 'UNKNOWN_ICON' });
  assert.throws(() => drawIcon('no-such-set', 'home', 64), { code: 'UNKNOWN_ICON_SET', message: /npm ci/ });
});

test('aliases that lead in a circle are refused', () => {
  withAliases('feather', { 'test-a': { parent: 'test-b' }, 'test-b': { parent: 'test-a' } });
  assert.throws(() => drawIcon('feather', 'test-a', 64), { code: 'UNKNOWN_ICON' });
});

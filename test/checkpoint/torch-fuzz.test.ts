import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSafetensorsFile } from '../../src/checkpoint/safetensors-file.ts';
import type { TensorFile } from '../../src/checkpoint/tensor-file.ts';
import { openTorchFile } from '../../src/checkpoint/torch/index.ts';
import { readZipDirectory } from '../../src/checkpoint/torch/zip-directory.ts';
import { UserError } from '../../src/config/errors.ts';
import * as p from './torch-parts.ts';

const CASES = 1000;
const folder = mkdtempSync(join(tmpdir(), 'torch-fuzz-'));
after(() => rmSync(folder, { recursive: true }));

/** Marsaglia's xorshift of 32 bits: the same cases in every run. */
function random(seed: number): (limit: number) => number {
  let state = seed * 2654435761 + 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const load = (part: string, ending: RegExp): Buffer[] => {
  const inner = fileURLToPath(new URL(`../fixtures/${part}/`, import.meta.url));
  const names = readdirSync(inner).filter((name) => ending.test(name));
  assert.ok(names.length > 0);
  return names.sort().map((name) => readFileSync(join(inner, name)));
};
const torchFiles = [...load('checkpoints', /\.pt$/), ...load('torch', /(\.pt|\.tar-2)$/)];
const safetensorsFiles = [
  ...load('checkpoints', /vit\..*\.safetensors$/),
  ...load('torch', /\.safetensors$/),
];

/** The pickle of an archive, without the checksum that would give away every change to it. */
async function pickleOf(bytes: Buffer): Promise<Buffer> {
  const zip = await readZipDirectory({
    path: 'fixture',
    size: bytes.length,
    read: (start, length) => new Uint8Array(bytes.subarray(start, start + length)),
  });
  const name = zip.names.find((entry) => entry.endsWith('/data.pkl'))!;
  return Buffer.from(await zip.contents(name, bytes.length));
}

/** A place in a file: half the time anywhere, else near its start or end, where the structure lies. */
function place(bytes: Buffer, below: (limit: number) => number): number {
  const edge = Math.min(bytes.length, 16_384);
  const kind = below(4);
  if (kind < 2) return below(bytes.length);
  return kind === 2 ? below(edge) : bytes.length - 1 - below(edge);
}

/** Bytes flipped, cut off, taken out, or spliced in from elsewhere. */
function damage(source: Buffer, below: (limit: number) => number): Buffer {
  const bytes = Buffer.from(source);
  const at = place(bytes, below);
  const length = 1 + below(64);
  switch (below(6)) {
    case 0:
      bytes[at]! ^= 1 << below(8);
      return bytes;
    case 1:
      for (let i = 0; i < 8; i += 1)
        bytes[place(bytes, below)] = [0, 1, 0x7f, 0x80, 0xff, below(256)][below(6)]!;
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 4: {
      const from = place(bytes, below);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + length), bytes.subarray(at)]);
    }
    default: {
      const from = place(bytes, below);
      bytes.copy(bytes, at, from, from + length);
      return bytes;
    }
  }
}

/** Opens a damaged file and reads all of it: a UserError at any point, or none. */
async function attempt(
  path: string,
  open: (path: string) => Promise<TensorFile> | TensorFile,
): Promise<string> {
  let file: TensorFile | null = null;
  try {
    file = await open(path);
    for (const name of file.entries.keys()) file.read(name);
    return 'read';
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  } finally {
    file?.close();
  }
}

/** Runs all cases and counts what came of them; asserts that none took long and that memory stays. */
async function fuzz(
  write: (index: number, below: (limit: number) => number, path: string) => void,
  open: (path: string) => Promise<TensorFile> | TensorFile,
): Promise<Map<string, number>> {
  const path = join(folder, 'damaged');
  const outcomes = new Map<string, number>();
  const before = process.memoryUsage().rss;
  for (let index = 0; index < CASES; index += 1) {
    write(index, random(index + 1), path);
    const start = performance.now();
    const outcome = await attempt(path, open).catch((error) => {
      throw new Error(`case ${index}`, { cause: error });
    });
    assert.ok(performance.now() - start < 10_000, `case ${index} took too long`);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  assert.ok(process.memoryUsage().rss - before < 2 ** 30, 'memory grew by more than 1 GiB');
  return outcomes;
}

describe('a damaged checkpoint', () => {
  it('of PyTorch is read or refused with a clear error, 1,000 times', async () => {
    const outcomes = await fuzz(
      (index, below, path) => writeFileSync(path, damage(torchFiles[index % torchFiles.length]!, below)),
      openTorchFile,
    );
    assert.ok(outcomes.get('TORCH_DAMAGED')! > CASES / 2, JSON.stringify([...outcomes]));
  });

  it('of PyTorch whose pickle is damaged behind a right checksum is too, 1,000 times', async () => {
    const whole = torchFiles.filter((bytes) => bytes[0] === 0x50);
    const pickles = await Promise.all(whole.map(pickleOf));
    // Holes as large as any tensor, so that each is read whose part of the pickle still fits together.
    const holes = (count: number, hole: number) =>
      Array.from({ length: count }, (_, key) => ({ name: `archive/data/${key}`, hole }));
    const small = pickles.filter((pickle) => pickle.length < 6000);
    const large = pickles.filter((pickle) => pickle.length >= 6000);
    const [few, many] = [holes(40, 4096), holes(175, 1 << 19)];
    const constants = { name: 'archive/constants.pkl', bytes: p.pickle(p.EMPTY_TUPLE) };
    const outcomes = await fuzz((index, below, path) => {
      const [from, storages] = index % 10 === 0 ? [large, many] : [small, few];
      const source = from[below(from.length)]!;
      const isScript = source.includes('__torch__');
      p.writeArchive(path, damage(source, below), [...storages, ...(isScript ? [constants] : [])]);
    }, openTorchFile);
    assert.ok(outcomes.size >= 4, JSON.stringify([...outcomes]));
  });

  it('in safetensors is too, 1,000 times', async () => {
    const outcomes = await fuzz(
      (index, below, path) =>
        writeFileSync(path, damage(safetensorsFiles[index % safetensorsFiles.length]!, below)),
      openSafetensorsFile,
    );
    assert.ok(outcomes.size >= 2, JSON.stringify([...outcomes]));
  });
});

import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { nearNames, UserError } from '../config/index.ts';
import type { TensorEntry, TensorFile } from './tensor-file.ts';

/** More index than any model has: a larger file is none. */
const INDEX_LIMIT = 64 << 20;

/** An index never names another index. */
const SHARD_ENDING = /\.(?:safetensors|bin|pt|pth)$/;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

function readIndex(path: string): Readonly<Record<string, string>> {
  const damaged = (found: string, cause?: unknown) =>
    new UserError('SHARD_INDEX_DAMAGED', {
      where: path,
      expected: '{"weight_map": {tensor: file, …}}, each file a plain name beside the index',
      found,
      hint: 'fetch the index again',
      cause,
    });
  let value: unknown;
  try {
    if (statSync(path).size > INDEX_LIMIT) throw new Error('more than 64 MiB');
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error), error);
  }
  const parsed = indexSchema.safeParse(value);
  if (!parsed.success) throw damaged(parsed.error.issues[0]!.message, parsed.error);
  for (const shard of Object.values(parsed.data.weight_map)) {
    // An index is as foreign as the weights: it may not lead out of its folder.
    if (shard !== basename(shard) || shard.includes('\\') || !SHARD_ENDING.test(shard)) {
      throw damaged(`a file ${JSON.stringify(shard.slice(0, 100))}`);
    }
  }
  return parsed.data.weight_map;
}

/**
 * The shards that an index file names (`model.safetensors.index.json`, `pytorch_model.bin.index.json`), as one file.
 *
 * @param openShard Opens one of them.
 * @throws {UserError} SHARD_INDEX_DAMAGED; TENSOR_MISSING: a shard lacks a tensor; whatever `openShard` throws.
 */
export async function openSharded(
  path: string,
  openShard: (path: string) => Promise<TensorFile>,
): Promise<TensorFile> {
  const shardOf = new Map(Object.entries(readIndex(path)));
  const shards = new Map<string, TensorFile>();
  const close = () => {
    for (const shard of shards.values()) shard.close();
  };
  try {
    const entries = new Map<string, TensorEntry>();
    for (const [name, shard] of shardOf) {
      const file = shards.get(shard) ?? (await openShard(join(dirname(path), shard)));
      shards.set(shard, file);
      const entry = file.entries.get(name);
      if (entry === undefined) {
        throw new UserError('TENSOR_MISSING', {
          where: file.path,
          expected: `a tensor "${name}", as ${basename(path)} says`,
          found: `near names: ${nearNames(name, [...file.entries.keys()]).join(', ') || 'none'}`,
          hint: 'index and shards are of different models; fetch them together',
        });
      }
      entries.set(name, entry);
    }
    const [first] = shards.values();
    return {
      path,
      format: `${first?.format ?? 'nothing'} in ${shards.size} ${shards.size === 1 ? 'shard' : 'shards'}`,
      entries,
      metadata: {},
      files: [...shards.keys()].sort().map((shard) => resolve(dirname(path), shard)),
      read(name) {
        const file = shards.get(shardOf.get(name) ?? '');
        if (file !== undefined) return file.read(name);
        throw new UserError('TENSOR_MISSING', { where: path, expected: `a tensor "${name}"` });
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

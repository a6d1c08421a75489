import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  readSafetensors,
  type SafetensorsContents,
  type StoredTensor,
  toFloat32,
  writeSafetensors,
} from '../../src/checkpoint/index.ts';

/** Path of a file of the project. */
export const projectFile = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** Path of a file of the fixtures. */
export const fixture = (name: string): string => projectFile(`test/fixtures/${name}`);

/** Suites run two commands at a time: each has a process of its own. */
export const SUITE = { concurrency: 2 } as const;

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command, as a person types it. */
export function coopBench(args: readonly string[], stdin = ''): Promise<Answer> {
  const child = spawn(process.execPath, [projectFile('bin/coop-bench.mjs'), ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that refuses its request does not read.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A folder for a test file, removed after its tests. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let files = 0;

/** Runs a command that reads `--tensors` and writes `--out`; gives both its words and its tensors. */
export async function tensorCommand(
  folder: string,
  args: readonly string[],
  tensors: Readonly<Record<string, StoredTensor>> | string,
): Promise<Answer & { readonly contents: () => SafetensorsContents }> {
  const id = files++;
  const out = join(folder, `out-${id}.safetensors`);
  const given = typeof tensors === 'string' ? tensors : join(folder, `in-${id}.safetensors`);
  if (typeof tensors !== 'string') writeSafetensors(given, tensors);
  const answer = await coopBench([...args, '--tensors', given, '--out', out]);
  return { ...answer, contents: () => readSafetensors(out) };
}

export const f32 = (shape: readonly number[], data: ArrayLike<number>): StoredTensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(data),
});

export const i64 = (shape: readonly number[], data: ArrayLike<number>): StoredTensor => ({
  dtype: 'I64',
  shape,
  data: BigInt64Array.from(Array.from(data), BigInt),
});

/** Values of a tensor as float32. */
export const floats = ({ tensors }: SafetensorsContents, name: string): Float32Array =>
  toFloat32(tensors.get(name)!);

/** Shape of a tensor. */
export const shapeOf = ({ tensors }: SafetensorsContents, name: string): readonly number[] | undefined =>
  tensors.get(name)?.shape;

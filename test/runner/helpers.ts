import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CellRecord, cellKey } from '../../src/config/index.ts';
import { exampleCell } from '../config/example-cell.ts';

/** A folder that goes when the test does. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A complete record of the example cell with another seed. */
export function exampleRecord(seed: number): Extract<CellRecord, { status: 'ok' }> {
  const cell = { ...exampleCell, seed };
  return {
    schemaVersion: 2,
    key: cellKey(cell),
    cell,
    run: {
      startedAt: '2026-01-02T03:04:05.678Z',
      durationMs: 12.5,
      host: 'a-machine',
      threads: 1,
      gitRevision: null,
      versions: { node: '20.20.2' },
    },
    status: 'ok',
    result: {
      scores: [
        {
          target: 'icons',
          accuracy: 1 / 3,
          macroAccuracy: 0.3,
          correct: 1,
          count: 3,
          perClass: { correct: [1], count: [3] },
          hits: 'AQ==',
        },
      ],
      trainPictures: 16,
      validationPictures: 4,
      classes: 1,
      details: { lossPerEpoch: [1.5, 0.1 + 0.2], steps: 2 },
      flops: 1e9,
    },
  };
}

/** URL of a program or worker module of the fixtures. */
export function fixture(name: string): URL {
  return new URL(`../fixtures/runner/${name}`, import.meta.url);
}

/** Resolves once `probe` is true; fails after `timeoutMs`. */
export async function until(probe: () => boolean, timeoutMs: number, what: string): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!probe()) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process of this number lives. A zombie, dead but not yet buried by its parent, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/coop-bench.mjs', import.meta.url));

/** Small cells: a linear probe, and a short CoOp, which leaves a prompt. */
export const SMALL_METHODS = ['linear_probe', 'coop_m4_end'] as const;

/** A grid of many small cells, a seed for each method. */
export interface SmallGrid {
  readonly cells: number;
  /** Default: all of the small ones. */
  readonly methods?: readonly string[];
  /** Default: one. */
  readonly datasets?: readonly string[];
  /** Folder of everything. */
  readonly folder: string;
}

/** The arguments of the command for a grid in one of its output folders. */
export function gridArguments(
  { cells, folder, methods = SMALL_METHODS, datasets = ['icons_nature'] }: SmallGrid,
  out: string,
  workers: number,
): string[] {
  const seeds = Array.from({ length: Math.ceil(cells / methods.length / datasets.length) }, (_, i) => i + 1);
  return [
    ...['bench', 'fewshot', '--datasets', datasets.join(), '--methods', methods.join()],
    ...['--shots', '1', '--seeds', seeds.join(), '--views', '1', '--epochs', '1', '--limit', '50'],
    ...['--out', join(folder, out), '--cache', join(folder, 'cache'), '--workers', String(workers)],
  ];
}

/** A started command, and the promise of its exit code (null: killed). */
export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
}

/** Starts the command; what it says goes to a file of the folder. */
export function startGrid(grid: SmallGrid, out: string, workers: number, ...more: string[]): Started {
  mkdirSync(grid.folder, { recursive: true });
  const said = openSync(join(grid.folder, `${out}.stderr`), 'a');
  const args = [COMMAND, ...gridArguments(grid, out, workers), '--progress', 'lines', ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', said] });
  return { process: child, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

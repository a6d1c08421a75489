/**
 * Runs many cells in one worker and tells how the resident memory of the process that computes grows, method by
 * method, then with several methods on each of five sets in one grid: `npm run soak:memory`. `-- --cells 500` is the
 * default. The first fifth is its warming up; in the last grid it is a set, on which every method is met once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gridArguments, SMALL_METHODS, type SmallGrid } from './grid.ts';

const COMMAND = fileURLToPath(new URL('../../bin/coop-bench.mjs', import.meta.url));

interface Size {
  readonly cells: number;
  readonly bytes: number;
}

/** Runs a grid. @returns Resident bytes every two seconds. */
async function sizesOf(grid: SmallGrid): Promise<Size[]> {
  const args = [COMMAND, ...gridArguments(grid, 'out', 1), '--progress', 'json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const sizes: Size[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    const { event, doneCells, bytes } = JSON.parse(line) as Record<string, unknown>;
    if (event === 'memory') sizes.push({ cells: Number(doneCells), bytes: Number(bytes) });
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the grid ended with ${code}`);
  return sizes;
}

const { values } = parseArgs({ options: { cells: { type: 'string', default: '500' } } });
const cells = Number(values.cells);
const grids: Pick<SmallGrid, 'methods' | 'datasets'>[] = [
  ...SMALL_METHODS.map((method) => ({ methods: [method] })),
  {
    methods: [...SMALL_METHODS, 'tip_adapter', 'text_bias'],
    datasets: ['icons_nature', 'icons_media', 'icons_files', 'icons_places', 'icons_people'],
  },
];
for (const grid of grids) {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-memory-'));
  const sizes = await sizesOf({ cells, folder, ...grid });
  rmSync(folder, { recursive: true });
  /** Mean of a part of the run, in 10⁶ bytes. */
  const mean = (from: number, to: number): number => {
    const found = sizes.filter((size) => size.cells >= from * cells && size.cells <= to * cells);
    return found.reduce((sum, { bytes }) => sum + bytes, 0) / found.length / 1e6;
  };
  const fifths = [0.2, 0.4, 0.6, 0.8].map((from) => mean(from, from + 0.2));
  const growth = fifths.at(-1)! / fifths[0]! - 1;
  process.stdout.write(
    `${grid.methods!.join()}: ${fifths.map((megabytes) => `${Math.round(megabytes)} MB`).join(', ')} in the second to last fifth of ${cells} cells: ${(growth * 100).toFixed(1)} %\n`,
  );
  if (!(growth < 0.1)) process.exitCode = 1;
}

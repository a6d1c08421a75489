/**
 * Runs many cells in one worker and tells how its resident memory grows: `npm run soak:memory`.
 * `-- --cells 500` is the default. The first fifth is its warming up.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gridArguments } from './grid.ts';

const COMMAND = fileURLToPath(new URL('../../bin/coop-bench.mjs', import.meta.url));
const { values } = parseArgs({ options: { cells: { type: 'string', default: '500' } } });
const cells = Number(values.cells);
const folder = mkdtempSync(join(tmpdir(), 'coop-bench-memory-'));
const args = [COMMAND, ...gridArguments({ cells, folder }, 'out', 1), '--progress', 'json'];
const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
const sizes: { readonly cells: number; readonly bytes: number }[] = [];
createInterface({ input: child.stderr }).on('line', (line) => {
  const { event, doneCells, bytes } = JSON.parse(line) as Record<string, unknown>;
  if (event === 'memory') sizes.push({ cells: Number(doneCells), bytes: Number(bytes) });
});
const [code] = await once(child, 'close');
rmSync(folder, { recursive: true });

const mean = (from: number, to: number): number => {
  const found = sizes.filter((size) => size.cells >= from * cells && size.cells < to * cells);
  return found.reduce((sum, { bytes }) => sum + bytes, 0) / found.length;
};
for (const tenth of Array.from({ length: 10 }, (_, i) => i / 10))
  process.stdout.write(
    `${Math.round(tenth * cells)} cells: ${Math.round(mean(tenth, tenth + 0.1) / 1e6)} MB\n`,
  );
const growth = mean(0.9, 1.01) / mean(0.2, 0.3) - 1;
process.stdout.write(`from the third tenth to the last: ${(growth * 100).toFixed(1)} %\n`);
process.exitCode = code === 0 && growth < 0.1 ? 0 : 1;

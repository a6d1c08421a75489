/**
 * Kills a grid at random for minutes and compares it with one that was left alone: `npm run soak`.
 * `-- --cells 2000 --minutes 10 --every 4 --workers 2,1` are the defaults; the workers of each command.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '10' },
    every: { type: 'string', default: '4' },
    workers: { type: 'string', default: '2,1' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'coop-bench-soak-'));
const started = performance.now();
const { kills, rounds, records, faults } = await soak({
  folder,
  cells: Number(values.cells),
  commands: values.workers.split(',').map(Number),
  seconds: Number(values.minutes) * 60,
  killEverySeconds: Number(values.every),
  say: (line) => process.stderr.write(`${Math.round((performance.now() - started) / 1000)} s: ${line}\n`),
});
process.stdout.write(
  `${rounds} rounds, ${records} records, ${kills.command} commands and ${kills.pool} pools killed, ${faults.length} faults\n`,
);
for (const fault of faults) process.stdout.write(`${fault}\n`);
if (faults.length === 0) rmSync(folder, { recursive: true });
else process.stdout.write(`kept: ${folder}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

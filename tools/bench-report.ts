import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTables, writeReport } from '../src/report/index.ts';
import { fakePlan, fakeRecords, METHODS, VARIANTS } from '../test/report/fake-records.ts';

// How long a report of 10,000 made-up cells takes, and how large its page is: npm run bench:report.

const CELLS = 10_000;
const methods = [...METHODS, ...VARIANTS.filter(({ key }) => key !== 'coop_m16_end')];
// Eleven sets, nine learning methods, five shot counts: 496 cells a seed and backbone, and one zero-shot a set.
const seeds = Array.from({ length: Math.ceil(CELLS / (11 * (methods.length - 1) * 5)) }, (_, i) => i + 1);
const plan = fakePlan({ methods, seeds, pictures: true });
const records = fakeRecords(plan);
const dir = mkdtempSync(join(tmpdir(), 'bench-report-'));
try {
  const cpu = process.cpuUsage();
  const started = performance.now();
  buildTables(plan, records);
  const tables = performance.now();
  const { files } = await writeReport(dir, plan, records);
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const megabytes = (name: string) => (statSync(join(dir, name)).size / 1e6).toFixed(2);
  const all = files.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0) / 1e6;
  process.stdout.write(
    `${plan.cells.length} cells: tables alone ${((tables - started) / 1000).toFixed(1)} s, report ${((ended - tables) / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor time\n` +
      `page ${megabytes('index.html')} MB; ${files.length} files, ${all.toFixed(1)} MB, of which results.json ${megabytes('results.json')} MB\n`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}

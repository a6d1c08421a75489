import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The committed example: runs the few-shot grid (what has a record is not computed again), writes its report, and copies
// it to reports/example/fewshot without records and learned prompts: npm run report:example.

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const SOURCE = join('reports', 'fewshot');
const EXAMPLE = join('reports', 'example', 'fewshot');
/** Too large for a repository, or of the run and its machine. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'records',
  'prompts',
  'logs',
  'runs',
  'claims',
  'report.lock',
]);

const { status } = spawnSync(process.execPath, ['bin/coop-bench.mjs', 'bench', 'fewshot'], {
  stdio: 'inherit',
});
if (status === 0) {
  rmSync(EXAMPLE, { recursive: true, force: true });
  cpSync(SOURCE, EXAMPLE, {
    recursive: true,
    filter: (path) => ![...LEFT_OUT].some((name) => path === join(SOURCE, name)),
  });
  if (!existsSync(join(EXAMPLE, 'index.html'))) throw new Error('internal: the example has no page');
}
process.exitCode = status ?? 1;

// Runs the tests with Node's own runner: all of them, or the files and folders named.
// `npm test`, `npm test -- test/clip`, `npm test -- test/runner/pool.test.ts`
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Test files under a path, sorted; Node 20 expands no patterns itself. */
function testFiles(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'fixtures' && name !== 'node_modules')
    .sort()
    .flatMap((name) => {
      const inner = join(path, name);
      if (statSync(inner).isDirectory()) return testFiles(inner);
      return name.endsWith('.test.ts') ? [inner] : [];
    });
}

const asked = process.argv.slice(2);
const options = asked.filter((word) => word.startsWith('--'));
const paths = asked.filter((word) => !word.startsWith('--'));
const files = (paths.length > 0 ? paths : ['test']).flatMap(testFiles);
// Three at a time on two cores: many wait, for a lease, a signal or a disk.
const args = [
  '--import',
  'tsx',
  '--test',
  '--test-concurrency=3',
  '--test-reporter=spec',
  ...options,
  ...files,
];
const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit' });
process.exitCode = signal ? 1 : status;

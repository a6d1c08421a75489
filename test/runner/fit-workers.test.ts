import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fitWorkers } from '../../src/runner/index.ts';
import { availableMemory } from '../../src/runner/machine-memory.ts';
import { dataset, experimentOf } from './example-experiment.ts';

const experiment = experimentOf({
  datasets: [dataset('one', 8)],
  methods: ['zeroshot', 'coop_m4_end'],
  shots: [1],
  seeds: [1],
});

function fit(asked: boolean, availableBytes: number) {
  const said: string[] = [];
  const { workers } = fitWorkers(
    experiment,
    { workers: 4, threads: 1 },
    asked,
    (line) => said.push(line),
    availableBytes,
  );
  return { workers, said: said.join('\n') };
}

test('as many workers as memory holds, one at least, and a sentence that says why', () => {
  assert.deepEqual(fit(false, 16e9), { workers: 4, said: '' });
  const short = fit(false, 1.1e9);
  assert.equal(short.workers, 2);
  assert.match(short.said, /^2 workers instead of 4: a worker may take about \d+ MB, and 1\.\d+ GB are free/);
  assert.equal(fit(false, 1e6).workers, 1);
  const asked = fit(true, 1.1e9);
  assert.equal(asked.workers, 4);
  assert.match(asked.said, /^4 workers as asked for, but memory may run out/);
});

/** A real control group of 2 GB for this user's processes, or null where none can be made. */
function smallGroup(t: TestContext): string | null {
  const path = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (path === undefined) return null;
  const folder = join('/sys/fs/cgroup/memory', path, `coop-bench-test-${process.pid}`);
  try {
    mkdirSync(folder);
    t.after(() => rmdirSync(folder));
    writeFileSync(join(folder, 'memory.limit_in_bytes'), '2000000000');
    return folder;
  } catch {
    return null;
  }
}

test('what is available is bounded by the limit of a control group', {
  skip: process.platform !== 'linux' && 'control groups are of Linux',
}, (t) => {
  const free = availableMemory();
  assert.ok(free > 0 && free <= totalmem(), String(free));
  const group = smallGroup(t);
  if (group === null) return t.skip('this user may not make a control group');
  const program = `import { availableMemory } from '${new URL('../../src/runner/machine-memory.ts', import.meta.url)}'; console.log(availableMemory());`;
  const words = `echo $$ > '${join(group, 'cgroup.procs')}' && exec "$@"`;
  const args = [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    '--input-type=module',
    '-e',
    program,
  ];
  const { stdout, stderr } = spawnSync('sh', ['-c', words, 'sh', ...args], { encoding: 'utf8' });
  const left = Number(stdout);
  assert.ok(left > 1e9 && left < 2e9, `${stdout}${stderr}`);
});

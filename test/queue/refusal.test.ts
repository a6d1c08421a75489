import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors, writeSafetensors } from '../../src/checkpoint/index.ts';
import { Program, temporaryFolder } from './programs.ts';
import { NO_REDIS, RedisServer } from './redis.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODEL = join(ROOT, 'models/icon-clip-rn.safetensors');
const GRID = [
  ...['bench', 'fewshot', '--datasets', 'icons_nature', '--methods', 'zeroshot,linear_probe'],
  ...['--shots', '1', '--seeds', '1', '--views', '1'],
];

/** Changes a file of a program; fails if there is nothing to change. */
function edit(path: string, from: RegExp, to: string): void {
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  assert.notEqual(after, before, path);
  writeFileSync(path, after);
}

/** This program as it will be: of a later version, in which the linear probe gives other numbers. */
function laterProgram(folder: string): string {
  mkdirSync(folder);
  for (const part of ['bin', 'src', 'datasets', 'benchmarks', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  for (const part of ['node_modules', 'models']) symlinkSync(join(ROOT, part), join(folder, part));
  edit(join(folder, 'package.json'), /"version": "[^"]*"/, '"version": "99.0.0"');
  edit(join(folder, 'src/methods/kinds/linear-probe.ts'), /const VERSION = \d+/, 'const VERSION = 99');
  return join(folder, 'bin/coop-bench.mjs');
}

/** A model of one name, in a folder of its own. */
function model(folder: string, logitScale: number): string {
  mkdirSync(folder);
  const path = join(folder, 'mine.safetensors');
  const scale = { dtype: 'F32', shape: [], data: Float32Array.of(logitScale) } as const;
  writeSafetensors(path, new Map([...readSafetensors(MODEL).tensors, ['logit_scale', scale]]));
  return path;
}

test('workers of another program, other weights under one name, or another engine are refused, and take no job', {
  skip: NO_REDIS,
}, async (t) => {
  const folder = temporaryFolder(t);
  const redis = await RedisServer.start(t, folder);
  const [mine, other] = [model(join(folder, 'a'), 4), model(join(folder, 'b'), 3)];
  const bench = new Program(t, [
    ...[...GRID, '--backbone', mine, '--out', join(folder, 'out'), '--queue', redis.url],
  ]);
  const worker = (command: string | undefined, backbone: string, ...more: string[]): Program =>
    new Program(
      t,
      [
        ...['worker', '--queue', redis.url, '--workers', '1', '--backbone', backbone],
        ...['--cache', join(folder, 'cache'), ...more],
      ],
      {},
      command,
    );
  const cases = [
    [
      worker(laterProgram(join(folder, 'later')), mine),
      [/it has coop-bench 99\.0\.0, not /, /its methods have other versions/],
    ],
    [
      worker(undefined, other),
      [/no model mine with the weights [0-9a-f]{12}….*mine\.safetensors has [0-9a-f]{12}…/],
    ],
    [
      worker(undefined, mine, '--engine', 'tensorflow'),
      [/it computes with tensorflow on \w+ in float32, not onnxruntime on cpu in float32/],
    ],
  ] as const;
  for (const [program, reasons] of cases) {
    const [, why] = await program.says(/^not taking jobs of: Few-shot classification: (.*)$/m);
    for (const reason of reasons) assert.match(why!, reason);
    await bench.says(
      new RegExp(`worker \\S+ \\(process ${program.process.pid}\\) was refused: .*${reasons[0].source}`),
    );
  }
  // All three have looked for work meanwhile.
  assert.equal(bench.process.exitCode, null);
  for (const [program] of cases) assert.doesNotMatch(program.stderr, /^(taking|computing)/m);

  const right = worker(undefined, mine, '--idle', '5');
  assert.equal(await bench.ended, 0, bench.stderr);
  assert.equal(await right.ended, 0, right.stderr);
  assert.match(right.stderr, /worker ends after 2 jobs/);
});

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readSafetensors, writeSafetensors } from '../../src/checkpoint/index.ts';
import { run, start, temporaryFolder } from './command.ts';

const GRID = [
  'bench',
  'fewshot',
  '--datasets',
  'icons_nature',
  '--shots',
  '1,2',
  '--seeds',
  '1,2',
  '--views',
  '3',
];
const MODEL = fileURLToPath(new URL('../../models/icon-clip-rn.safetensors', import.meta.url));
const CELLS = 9;
/** What must not differ between two runs of one grid. */
const TABLES = ['cells.csv', 'summary.csv'] as const;

/** Names and bytes of the learned prompts. */
const promptsIn = (out: string): Map<string, Buffer> => {
  const folder = join(out, 'prompts');
  const names = readdirSync(folder).filter((name) => !name.endsWith('.tmp'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]));
};

const recordsIn = (out: string): string[] => {
  try {
    return readdirSync(join(out, 'records')).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
  } catch {
    return [];
  }
};

/** A record of a learned prompt stands beside the prompt, whenever the run was killed. */
function assertPromptOf(out: string, recordName: string): void {
  const { key, cell } = JSON.parse(readFileSync(join(out, 'records', recordName), 'utf8'));
  if (cell.method.kind === 'coop') assert.ok(promptsIn(out).has(`${key}.safetensors`), key);
}

test('a grid killed with SIGKILL again and again leaves the tables of an undisturbed run', async (t) => {
  const folder = temporaryFolder(t);
  const argsFor = (name: string) => [
    ...GRID,
    '--out',
    join(folder, name),
    '--cache',
    join(folder, `${name}-cache`),
  ];

  const undisturbed = await run(argsFor('whole'));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);

  // Once among the pictures, then as soon as there is a new record, until little is left.
  const killed = join(folder, 'killed');
  for (let kills = 0; kills < 4 && recordsIn(killed).length < CELLS - 2; kills++) {
    for (const name of recordsIn(killed)) assertPromptOf(killed, name);
    const before = recordsIn(killed).length;
    const { process: child, finished } = start(argsFor('killed'));
    if (kills === 0) await sleep(2000);
    else while (recordsIn(killed).length === before && child.exitCode === null) await sleep(5);
    child.kill('SIGKILL');
    await finished;
  }
  const survived = recordsIn(killed).length;
  assert.ok(survived > 0 && survived < CELLS, `${survived} records survived`);

  const resumed = await run([...argsFor('killed'), '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  const summary = JSON.parse(resumed.stdout) as { computed: number; reused: number };
  assert.deepEqual([summary.computed, summary.reused], [CELLS - survived, survived]);
  for (const table of TABLES) {
    assert.equal(
      readFileSync(join(killed, table), 'utf8'),
      readFileSync(join(folder, 'whole', table), 'utf8'),
      table,
    );
  }
  const prompts = promptsIn(join(folder, 'whole'));
  assert.equal(prompts.size, 4);
  assert.deepEqual(promptsIn(killed), prompts);

  const again = await run([...argsFor('killed'), '--json']);
  assert.match(again.stderr, /nothing to compute: all 9 cells/);
  assert.equal((JSON.parse(again.stdout) as { computed: number }).computed, 0);
});

test('Ctrl-C stops cleanly with exit code 130, and the same command goes on', async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, 'out');
  const args = [...GRID, '--out', out, '--cache', join(folder, 'cache')];
  const { process: child, finished } = start(args);
  while (recordsIn(out).length === 0 && child.exitCode === null) await sleep(5);
  child.kill('SIGINT');
  const stopped = await finished;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /the same command goes on from here/);
  assert.ok(!readdirSync(out).includes('run.lock'));

  const resumed = await run([...args, '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.ok((JSON.parse(resumed.stdout) as { reused: number }).reused > 0);
});

test('shards compute disjoint parts of one plan, whose records together are the whole', async (t) => {
  const folder = temporaryFolder(t);
  const args = [...GRID, '--cache', join(folder, 'cache'), '--methods', 'zeroshot,linear_probe', '--json'];
  const whole = join(folder, 'whole');
  const together = join(folder, 'together');
  mkdirSync(join(together, 'records'), { recursive: true });
  await run([...args, '--out', whole]);
  const parts: string[][] = [];
  for (const shard of ['1/2', '2/2']) {
    const out = join(folder, shard.replace('/', ' of '));
    await run([...args, '--out', out, '--shard', shard]);
    const names = recordsIn(out);
    for (const name of names) cpSync(join(out, 'records', name), join(together, 'records', name));
    parts.push(names);
  }
  assert.deepEqual(
    parts.map(({ length }) => length),
    [3, 2],
  );
  assert.deepEqual(parts.flat().sort(), recordsIn(whole).sort());
  const { stdout } = await run([...args, '--out', together]);
  assert.deepEqual((JSON.parse(stdout) as { computed: number }).computed, 0);
  for (const table of TABLES) {
    assert.equal(
      readFileSync(join(together, table), 'utf8'),
      readFileSync(join(whole, table), 'utf8'),
      table,
    );
  }
});

test('a training that diverges is one failed record, and the rest of the grid is done', async (t) => {
  const folder = temporaryFolder(t);
  const { tensors } = readSafetensors(MODEL);
  const scale = { dtype: 'F32', shape: [], data: Float32Array.of(100) } as const;
  const hot = join(folder, 'hot.safetensors');
  // exp(100) is no float32: every loss is NaN.
  writeSafetensors(hot, new Map([...tensors, ['logit_scale', scale]]));
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await run([
    ...GRID,
    ...['--methods', 'zeroshot,coop_m4_end', '--epochs', '1', '--backbone', hot],
    ...['--out', out, '--cache', join(folder, 'cache'), '--progress', 'json', '--json'],
  ]);
  assert.equal(code, 1, stderr);
  const summary = JSON.parse(stdout) as { computed: number; failed: number };
  assert.deepEqual([summary.computed, summary.failed], [1, 4]);
  const rows = readFileSync(join(out, 'cells.csv'), 'utf8').trim().split('\n').slice(1);
  assert.equal(rows.filter((row) => row.endsWith(',failed,TRAINING_DIVERGED')).length, 4);
  for (const line of stderr.trim().split('\n')) assert.ok('event' in JSON.parse(line), line);
});

test('of cells that are trained together one that diverges leaves the others finished', async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await run([
    ...['bench', 'fewshot', '--datasets', 'icons_people', '--shots', '1', '--seeds', '1', '--views', '1'],
    ...['--methods', 'coop_m4_end,coop_m4_end:lr=1e30', '--epochs', '4'],
    ...['--out', out, '--cache', join(folder, 'cache'), '--progress', 'json', '--json'],
  ]);
  assert.equal(code, 1, stderr);
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; taskId?: string });
  const fits = events.filter(({ event, taskId }) => event === 'start' && !taskId!.startsWith('features'));
  assert.equal(fits.length, 1, 'both are of one task');
  const summary = JSON.parse(stdout) as { computed: number; failed: number };
  assert.deepEqual([summary.computed, summary.failed], [1, 1]);
  const records = recordsIn(out).map((name) => JSON.parse(readFileSync(join(out, 'records', name), 'utf8')));
  const [failed, ok] = records.sort((a, b) => a.status.localeCompare(b.status));
  assert.deepEqual(
    [failed.cell.method.key, failed.error.code],
    ['coop_m4_end:lr=1e+30', 'TRAINING_DIVERGED'],
  );
  assert.deepEqual([ok.status, ok.cell.method.key], ['ok', 'coop_m4_end']);
  assert.equal(promptsIn(out).size, 1);
});

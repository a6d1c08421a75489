import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CellRecord } from '../../src/config/index.ts';
import { run, temporaryFolder } from './command.ts';

type OkRecord = Extract<CellRecord, { status: 'ok' }>;

const SEEDS = ['1', '2', '3'];
/** Three fits of each of them stand in one graph on this theme. */
const METHODS = ['coop_m4_end', 'coop_m16_mid', 'coop_m4_end_csc'];
const TEST_PICTURES = 183;

/** Runs the cells of some seeds. @returns Tasks that fitted cells. */
async function runSeeds(
  folder: string,
  out: string,
  seeds: readonly string[],
  ...more: readonly string[]
): Promise<number> {
  const { code, stderr } = await run([
    ...['bench', 'fewshot', '--datasets', 'icons_people', '--methods', METHODS.join(), '--shots', '2'],
    ...['--seeds', seeds.join(), '--epochs', '10', '--views', '2', '--progress', 'json'],
    ...['--out', join(folder, out), '--cache', join(folder, 'cache'), ...more],
  ]);
  assert.equal(code, 0, stderr);
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; taskId?: string });
  return events.filter(({ event, taskId }) => event === 'start' && !taskId!.startsWith('features')).length;
}

function recordsIn(folder: string, out: string): Map<string, OkRecord> {
  const records = join(folder, out, 'records');
  return new Map(
    readdirSync(records).map((name) => {
      const record = JSON.parse(readFileSync(join(records, name), 'utf8')) as OkRecord;
      return [record.key, record];
    }),
  );
}

/** Whether each test picture was classified rightly. */
function hitsOf({ result }: OkRecord): boolean[] {
  const [{ hits, count }] = result.scores as [OkRecord['result']['scores'][0]];
  const bytes = Buffer.from(hits, 'base64');
  return Array.from({ length: count }, (_, i) => ((bytes[i >> 3]! >> (i & 7)) & 1) === 1);
}

test('cells trained together or alone differ by at most one picture in 1,000', async (t) => {
  const folder = temporaryFolder(t);
  assert.equal(await runSeeds(folder, 'together', SEEDS), METHODS.length);
  for (const seed of SEEDS) assert.equal(await runSeeds(folder, 'alone', [seed]), METHODS.length);

  const [together, alone] = [recordsIn(folder, 'together'), recordsIn(folder, 'alone')];
  assert.deepEqual([...together.keys()].sort(), [...alone.keys()].sort());
  assert.equal(together.size, METHODS.length * SEEDS.length);
  let [pictures, differing] = [0, 0];
  for (const [key, record] of together) {
    const other = alone.get(key)!;
    assert.deepEqual(record.cell, other.cell);
    const [a, b] = [hitsOf(record), hitsOf(other)];
    assert.deepEqual([a.length, b.length], [TEST_PICTURES, TEST_PICTURES]);
    pictures += a.length;
    differing += a.filter((hit, i) => hit !== b[i]).length;
  }
  t.diagnostic(`${differing} of ${pictures} pictures differ`);
  assert.ok(differing * 1000 <= pictures, `${differing} of ${pictures} pictures differ`);
});

test('a group that lacks a record is trained again as a whole, and gives the missing one the same bytes', async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, 'out');
  await runSeeds(folder, 'out', SEEDS);
  const files = () => ({
    cells: readFileSync(join(out, 'cells.csv')),
    prompts: readdirSync(join(out, 'prompts'))
      .sort()
      .map((name) => [name, readFileSync(join(out, 'prompts', name))]),
  });
  const [records, before] = [recordsIn(folder, 'out'), files()];
  assert.equal(before.prompts.length, records.size);

  // The first of one group, and the last of another with its prompt.
  const gone = [...records.values()].filter(({ cell }) =>
    [`coop_m4_end 1`, `coop_m16_mid 3`].includes(`${cell.method.key} ${cell.seed}`),
  );
  assert.equal(gone.length, 2);
  for (const { key, cell } of gone) {
    rmSync(join(out, 'records', `${key}.json`));
    if (cell.seed === 3) rmSync(join(out, 'prompts', `${key}.safetensors`));
  }
  assert.equal(await runSeeds(folder, 'out', SEEDS), 2);

  const after = recordsIn(folder, 'out');
  assert.deepEqual([...after.keys()].sort(), [...records.keys()].sort());
  const missing = new Set(gone.map(({ key }) => key));
  for (const [key, { run: how, ...record }] of after) {
    const { run: howBefore, ...recordBefore } = records.get(key)!;
    assert.equal(JSON.stringify(record), JSON.stringify(recordBefore));
    if (!missing.has(key)) assert.deepEqual(how, howBefore, 'records that were there are left as they are');
  }
  assert.deepEqual(files(), before);
});

test('shards never split a group, and together are the whole plan', async (t) => {
  const folder = temporaryFolder(t);
  const tasks: number[] = [];
  for (const shard of ['1/2', '2/2']) tasks.push(await runSeeds(folder, 'shards', SEEDS, '--shard', shard));
  assert.deepEqual(tasks, [2, 1]);
  await runSeeds(folder, 'whole', SEEDS);
  const table = (out: string) => readFileSync(join(folder, out, 'cells.csv'), 'utf8');
  assert.equal(table('shards'), table('whole'));
});

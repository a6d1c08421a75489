import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { BENCHMARKS } from '../../benchmarks/index.ts';
import { resolveExperiment } from '../../src/cli/grid.ts';
import { watchReport } from '../../src/cli/report-watch.ts';
import { UserError } from '../../src/config/index.ts';
import { planCells, RecordStore } from '../../src/runner/index.ts';
import { exampleRecord } from '../runner/helpers.ts';
import { coopBench, SUITE, workFolder } from './command.ts';

const folder = workFolder();
const RUNTIME = { engine: 'onnxruntime', device: 'cpu', versions: {}, remarks: [] } as const;

/** Records of 16 test pictures, of which `right` are right: the first ones. */
async function writeRun(out: string, seeds: readonly number[], right: number): Promise<void> {
  const store = new RecordStore(out);
  store.prepare();
  const request = {
    datasets: ['icons_arrows'],
    shots: [1],
    seeds,
    limit: 16,
    methods: ['zeroshot', 'coop_m16_end'],
  };
  for (const { key, cell } of planCells(await resolveExperiment(BENCHMARKS.fewshot, request, RUNTIME))) {
    const count = cell.seed === null ? 8 : right;
    const hits = Buffer.alloc(2);
    hits.writeUInt16LE(2 ** count - 1);
    const accuracy = count / 16;
    const { result, ...record } = exampleRecord(1);
    const score = { target: 'icons_arrows', accuracy, macroAccuracy: accuracy, correct: count, count: 16 };
    const perClass = { correct: [count], count: [16] };
    const scores = [{ ...score, perClass, hits: hits.toString('base64') }];
    await store.write({ ...record, key, cell, result: { ...result, scores } });
  }
}

describe('coop-bench report on folders', SUITE, () => {
  it('shows every record of a folder without being told its options', async () => {
    const out = join(folder, 'any');
    await writeRun(out, [1, 2], 12);
    const { code, stdout, stderr } = await coopBench(['report', out, '--json']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { out, cells: 3, ok: 3, failed: 0, missing: 0 });
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    assert.match(page, /CoOp \(M = 16, end\)/);
    assert.ok(!page.includes('data-reload-seconds='));
  });

  it('compares two runs on what both have, over the same seeds, and names what differs', async () => {
    const [a, b, out] = ['a', 'b', 'both'].map((name) => join(folder, name)) as [string, string, string];
    await writeRun(a, [1, 2], 10);
    await writeRun(b, [2, 3], 14);
    const { code, stdout, stderr } = await coopBench(['report', a, b, '--out', out, '--json']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { out, pairs: 2 });
    const rows = parse(readFileSync(join(out, 'comparison.csv')), { columns: true }) as Record<
      string,
      string
    >[];
    const [coop, zeroShot] = rows;
    assert.deepEqual(
      [coop?.method_a, coop?.seeds_a, coop?.seeds_b, coop?.same_seeds, coop?.difference],
      ['coop_m16_end', '1', '1', 'yes', '0.25'],
    );
    // Four of sixteen pictures are right in B alone, none in A alone: a binomial of 16 draws at 1/4, its 2.5 % tails.
    assert.deepEqual([Number(coop?.low), Number(coop?.high)], [1 / 16, 8 / 16]);
    assert.deepEqual([zeroShot?.method_a, zeroShot?.difference], ['zeroshot', '0']);
    const differs = parse(readFileSync(join(out, 'tables', 'what-differs.csv')), { columns: true });
    assert.deepEqual(differs, [{ What: 'seeds', A: '1, 2', B: '2, 3' }]);
    assert.ok(existsSync(join(out, 'plots', 'run-differences.csv')));
    assert.deepEqual(readdirSync(a), ['records'], 'nothing is written into the runs');
  });

  it('refuses to compare a run with itself, and three runs', async () => {
    const a = join(folder, 'a');
    const twice = await coopBench(['report', a, a]);
    assert.equal(twice.code, 2);
    assert.match(twice.stderr, /SAME_FOLDER/);
    const three = await coopBench(['report', a, a, a]);
    assert.match(three.stderr, /BAD_OPTION.*two runs at a time/s);
  });
});

describe('watching a run', () => {
  it('waits for the first record, writes again when records come, and ends without reloading', async () => {
    const out = join(folder, 'watched');
    const reloads: (number | null)[] = [];
    let missing = 3;
    const watching = watchReport(
      out,
      async (reloadSeconds) => {
        reloads.push(reloadSeconds);
        const names = existsSync(join(out, 'records')) ? readdirSync(join(out, 'records')) : [];
        const there = names.filter((name) => !name.endsWith('.tmp')).length;
        if (there === 0) throw new UserError('NO_RECORDS', { where: out });
        missing = 3 - there;
        if (there === 2) await new RecordStore(out).write(exampleRecord(3));
        return { cells: 3, ok: there, failed: 0, missing };
      },
      { finishes: true, every: 20 },
    );
    const store = new RecordStore(out);
    store.prepare();
    await store.write(exampleRecord(1));
    await store.write(exampleRecord(2));
    assert.deepEqual(await watching, { cells: 3, ok: 3, failed: 0, missing: 0 });
    assert.equal(reloads.at(-1), null);
    assert.ok(reloads.slice(0, -1).every((seconds) => seconds === 5) && reloads.length >= 3);
  });
});

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { BENCHMARKS } from '../../benchmarks/index.ts';
import { resolveExperiment } from '../../src/cli/grid.ts';
import { planCells, RecordStore } from '../../src/runner/index.ts';
import { exampleRecord } from '../runner/helpers.ts';
import { coopBench, SUITE, workFolder } from './command.ts';

const folder = workFolder();
const OPTIONS = ['--datasets', 'icons_arrows', '--shots', '1,2', '--seeds', '1', '--limit', '48'];
const RUNTIME = { engine: 'onnxruntime', device: 'cpu', versions: {}, remarks: [] } as const;
const request = { datasets: ['icons_arrows'], shots: [1, 2], seeds: [1], limit: 48 };

/** Records of all cells but the last, with accuracies 0.25, 0.5, … */
async function writeRecords(out: string): Promise<void> {
  const store = new RecordStore(out);
  store.prepare();
  const planned = planCells(await resolveExperiment(BENCHMARKS.fewshot, request, RUNTIME));
  assert.equal(planned.length, 5);
  for (const [i, { key, cell }] of planned.slice(0, -1).entries()) {
    const accuracy = (i + 1) / 4;
    const { result, ...record } = exampleRecord(1);
    const counts = { accuracy, macroAccuracy: accuracy, correct: 48 * accuracy, count: 48 };
    const perClass = { correct: [48 * accuracy], count: [48] };
    const scores = [{ target: 'icons_arrows', ...counts, perClass, hits: 'AAAAAAAA' }];
    await store.write({ ...record, key, cell, result: { ...result, scores } });
  }
}

describe('coop-bench report', SUITE, () => {
  it('writes tables, plots and page from the records that are there, and changes no record', async () => {
    const out = join(folder, 'run');
    await writeRecords(out);
    const records = () =>
      readdirSync(join(out, 'records')).map((name) => {
        return [name, statSync(join(out, 'records', name)).mtimeMs];
      });
    const before = records();
    const args = ['report', '--benchmark', 'fewshot', ...OPTIONS, '--out', out, '--json'];
    const { code, stdout, stderr } = await coopBench(args);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { out, cells: 5, ok: 4, failed: 0, missing: 1 });
    assert.match(stderr, /4 of 5 cells shown, 1 without a record/);
    assert.deepEqual(records(), before);
    const rows = parse(readFileSync(join(out, 'cells.csv')), { columns: true }) as Record<string, string>[];
    const accuracies = rows.map(({ accuracy }) => accuracy).filter((text) => text !== '');
    assert.deepEqual(accuracies.map(Number), [0.25, 0.5, 0.75, 1]);
    assert.ok(existsSync(join(out, 'summary.csv')) && readdirSync(join(out, 'plots')).length > 0);
    // The page names the command that goes on with the run.
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    assert.ok(page.includes(`npx coop-bench bench fewshot ${OPTIONS.join(' ')} --out ${out}`));
  });

  it('names a damaged record and shows the others', async () => {
    const out = join(folder, 'damaged');
    await writeRecords(out);
    const [first] = readdirSync(join(out, 'records')).sort();
    writeFileSync(join(out, 'records', first!), '{"schemaVersion": 2');
    const { code, stderr } = await coopBench(['report', '--benchmark', 'fewshot', ...OPTIONS, '--out', out]);
    assert.equal(code, 0, stderr);
    assert.ok(stderr.includes(`a record is damaged and left out: ${join(out, 'records', first!)}`));
    assert.match(stderr, /3 of 5 cells shown, 2 without a record/);
  });

  it('refuses a folder without records of this plan, and says which command makes them', async () => {
    const out = join(folder, 'nothing');
    const { code, stderr } = await coopBench(['report', '--benchmark', 'ablation', '--out', out]);
    assert.equal(code, 2);
    assert.match(stderr, /NO_RECORDS.*try: +npx coop-bench bench ablation --out /s);
    assert.equal(existsSync(out), false);
  });
});

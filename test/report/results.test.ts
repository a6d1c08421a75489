import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parquetReadObjects } from 'hyparquet';
import type { CellRecord } from '../../src/config/index.ts';
import { buildTables, resultsJsonSchema } from '../../src/report/index.ts';
import { joinPlan } from '../../src/report/join.ts';
import { cellsParquet } from '../../src/report/results/cells-parquet.ts';
import { resultsJson } from '../../src/report/results/results-json.ts';
import { fakePlan, fakeRecords } from './fake-records.ts';

const plan = fakePlan({
  datasets: [{ key: 'icons_people', title: 'People' }],
  shots: [1, 16],
  pictures: true,
});
const [missing, broken, ...rest] = fakeRecords(plan);
const failed: CellRecord = { ...broken!, status: 'failed', error: { code: 'BROKEN', message: '"\n' } };
const records = [failed, ...rest];
const SCHEMA = new URL('../../docs/results.schema.json', import.meta.url);

interface Results {
  readonly cells: { status: string; result?: { scores: { accuracy: number }[] } }[];
}

test('the published schema is the one of the code', () => {
  assert.deepEqual(
    JSON.parse(readFileSync(SCHEMA, 'utf8')),
    JSON.parse(JSON.stringify(resultsJsonSchema())),
    'npm run results:schema writes it again',
  );
});

test('an independent validator accepts results.json, and refuses one with an accuracy above 1', () => {
  const validate = new Ajv2020({ strict: false, formats: { base64: true } }).compile(
    JSON.parse(readFileSync(SCHEMA, 'utf8')),
  );
  const results: Results = JSON.parse(resultsJson(plan, joinPlan(plan, records)));
  assert.ok(validate(results), JSON.stringify(validate.errors));
  const { cells } = results;
  assert.deepEqual(
    [cells.length, ...cells.slice(0, 3).map(({ status }) => status)],
    [plan.cells.length, 'missing', 'failed', 'ok'],
  );
  assert.equal(missing?.key, plan.cells[0]?.key);
  assert.deepEqual(cells[2]!.result, rest[0]?.status === 'ok' ? rest[0].result : null);
  cells[2]!.result!.scores[0]!.accuracy = 1.5;
  assert.equal(validate(results), false);
});

test('cells.parquet has the rows of cells.csv with their types', async () => {
  const { cells } = buildTables(plan, records);
  const bytes = await cellsParquet(cells);
  const rows = await parquetReadObjects({ file: bytes.slice().buffer });
  assert.equal(rows.length, cells.length);
  for (const [i, row] of rows.entries()) {
    for (const name of [
      'key',
      'method',
      'shots',
      'seed',
      'accuracy',
      'correct',
      'status',
      'error_code',
    ] as const) {
      assert.equal(row[name] ?? null, cells[i]![name], name);
    }
  }
});

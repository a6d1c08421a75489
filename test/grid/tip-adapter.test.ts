import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CellRecord } from '../../src/config/index.ts';
import { run, temporaryFolder } from './command.ts';

test('both forms of Tip-Adapter leave records that tell what validation chose', async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, 'out');
  const { code, stderr } = await run([
    ...['bench', 'fewshot', '--datasets', 'icons_nature', '--methods', 'tip_adapter,tip_adapter_f:epochs=3'],
    ...['--shots', '2', '--seeds', '1', '--views', '2', '--out', out, '--cache', join(folder, 'cache')],
  ]);
  assert.equal(code, 0, stderr);
  const records = readdirSync(join(out, 'records')).map(
    (name) => JSON.parse(readFileSync(join(out, 'records', name), 'utf8')) as CellRecord,
  );
  assert.deepEqual(records.map(({ cell }) => cell.method.kind).sort(), ['tip_adapter', 'tip_adapter_f']);
  for (const record of records) {
    assert.equal(record.status, 'ok');
    const { scores, classes, details, validationPictures } = record.result;
    assert.ok(scores[0]!.accuracy > 3 / classes, `${record.cell.method.key}: ${scores[0]!.accuracy}`);
    assert.ok(validationPictures > 0);
    const { alpha, beta } = details.chosen!;
    assert.ok(alpha! >= 0.1 && alpha! < 3 && beta! >= 0.1 && beta! < 7);
    const right = details.validation!.map(({ accuracy }) => accuracy);
    assert.equal(details.validationAccuracy, Math.max(...right));
    assert.equal(details.lossPerEpoch?.length, record.cell.method.kind === 'tip_adapter_f' ? 3 : undefined);
  }
});

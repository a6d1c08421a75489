import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CellRecord } from '../../src/config/index.ts';
import { run, temporaryFolder } from './command.ts';

/** The image encoder for a few epochs only: its steps are the long ones. */
const METHODS = ['finetune_image:epochs=6', 'text_bias', 'text_layer'];

test('fine-tuning lowers the loss, and its learning rate is chosen on validation shots', async (t) => {
  const out = temporaryFolder(t);
  const { code, stderr } = await run(
    ['bench', 'ablation', '--datasets', 'icons_nature', '--methods', METHODS.join(',')].concat([
      '--shots',
      '16',
      '--seeds',
      '1',
      '--out',
      out,
      '--cache',
      join(out, 'cache'),
    ]),
  );
  assert.equal(code, 0, stderr);
  const folder = join(out, 'records');
  const records = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CellRecord,
  );
  assert.deepEqual(records.map(({ cell }) => cell.method.key).sort(), METHODS);
  for (const record of records) {
    assert.ok(record.status === 'ok');
    const { cell, result } = record;
    const { lossPerEpoch, validation, learningRate, validationAccuracy } = result.details;
    assert.equal(lossPerEpoch!.length, cell.method.epochs);
    assert.ok(lossPerEpoch!.at(-1)! < lossPerEpoch![0]!, `${cell.method.key}: ${lossPerEpoch}`);
    assert.ok(result.validationPictures > 0);
    assert.deepEqual(
      validation!.map(({ value }) => value),
      cell.method.learningRates,
    );
    const best = Math.max(...validation!.map(({ accuracy }) => accuracy));
    assert.equal(validationAccuracy, best);
    assert.equal(learningRate, validation!.find(({ accuracy }) => accuracy === best)!.value);
  }
});

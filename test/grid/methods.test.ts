import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { METHOD_KEYS } from '../../src/methods/index.ts';
import { run, temporaryFolder } from './command.ts';

test('every method runs with fresh crops, and again gives the same bytes with other workers and an empty cache', async (t) => {
  const folder = temporaryFolder(t);
  const tables: string[] = [];
  for (const workers of ['1', '2']) {
    const out = join(folder, workers);
    const args = [
      '--methods',
      METHOD_KEYS.join(','),
      '--shots',
      '1',
      '--seeds',
      '0',
      '--epochs',
      '2',
      '--views',
      'fresh',
    ];
    const { code, stdout, stderr } = await run(
      ['bench', 'fewshot', '--datasets', 'icons_nature', ...args, '--workers', workers, '--json'].concat([
        '--out',
        out,
        '--cache',
        join(folder, `cache ${workers}`),
      ]),
    );
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as { computed: number }).computed, METHOD_KEYS.length);
    tables.push(readFileSync(join(out, 'cells.csv'), 'utf8'));
  }
  assert.equal(tables[0], tables[1]);
  const accuracies = tables[0]!.split('\n').slice(1, -1);
  assert.equal(accuracies.length, METHOD_KEYS.length);
});

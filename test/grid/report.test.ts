import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { CellRecord } from '../../src/config/index.ts';
import { run, start, temporaryFolder } from './command.ts';

const GRID = ['--datasets', 'icons_nature', '--shots', '1', '--seeds', '1,2', '--limit', '64'];

test('a run under way is watched: the page grows, and ends with the run; Ctrl-C ends a watch too', async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, 'run');
  const options = [
    ...GRID,
    '--methods',
    'zeroshot,linear_probe,coop_m4_end',
    '--views',
    '2',
    '--epochs',
    '30',
    '--out',
    out,
  ];
  const watch = start(['report', '--benchmark', 'fewshot', ...options, '--watch', '--json']);
  const states = new Set<string>();
  let pageReloads = false;
  watch.process.stderr!.on('data', (chunk) => {
    for (const [, shown] of String(chunk).matchAll(/(\d+) of 5 cells shown; watching/g)) {
      states.add(shown!);
      pageReloads ||= readFileSync(join(out, 'index.html'), 'utf8').includes('data-reload-seconds=');
    }
  });
  const bench = await run([
    'bench',
    'fewshot',
    ...options,
    '--workers',
    '1',
    '--cache',
    join(folder, 'cache'),
  ]);
  assert.equal(bench.code, 0, bench.stderr);
  const watched = await watch.finished;
  assert.equal(watched.code, 0, watched.stderr);
  assert.deepEqual(JSON.parse(watched.stdout), { out, cells: 5, ok: 5, failed: 0, missing: 0 });
  assert.ok(states.size >= 1, watched.stderr);
  assert.ok(pageReloads);
  assert.ok(!readFileSync(join(out, 'index.html'), 'utf8').includes('data-reload-seconds='));

  // Without a plan a watch goes on until it is told to end; the pages it leaves stand still.
  const endless = start(['report', out, '--watch']);
  await new Promise<void>((resolve) => {
    endless.process.stderr!.on('data', (chunk) => {
      if (/5 of 5 cells shown; watching/.test(String(chunk))) resolve();
    });
  });
  await sleep(50);
  endless.process.kill('SIGINT');
  const { code } = await endless.finished;
  assert.equal(code, 0);
  assert.ok(!readFileSync(join(out, 'index.html'), 'utf8').includes('data-reload-seconds='));

  // A folder that no record came into is no error either: there is nothing to write.
  const nothing = start([
    'report',
    '--benchmark',
    'fewshot',
    ...GRID,
    '--out',
    join(folder, 'no'),
    '--watch',
  ]);
  await sleep(3000);
  nothing.process.kill('SIGINT');
  const ended = await nothing.finished;
  assert.ok(ended.code === 0 || ended.code === null, ended.stderr);
  assert.ok(!existsSync(join(folder, 'no', 'index.html')));
});

/** Mean accuracy of a method in the records of a run. */
function accuracyOf(out: string, method: string): number {
  const all = readdirSync(join(out, 'records'))
    .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(out, 'records', name), 'utf8')) as CellRecord)
    .flatMap((record) => {
      if (record.cell.method.key !== method || record.status !== 'ok') return [];
      return [record.result.scores[0]!.accuracy];
    });
  assert.ok(all.length > 0);
  return all.reduce((sum, accuracy) => sum + accuracy, 0) / all.length;
}

const rowsOf = (file: string) => parse(readFileSync(file), { columns: true }) as Record<string, string>[];

test('runs of another backbone and of another method stand side by side', async (t) => {
  const folder = temporaryFolder(t);
  const vit = fileURLToPath(new URL('../fixtures/checkpoints/vit.openai.safetensors', import.meta.url));
  const runs = {
    own: ['--methods', 'zeroshot,linear_probe'],
    vit: ['--methods', 'zeroshot,linear_probe', '--backbone', vit],
    tip: ['--methods', 'zeroshot,tip_adapter'],
  };
  for (const [name, options] of Object.entries(runs)) {
    const place = ['--out', join(folder, name), '--cache', join(folder, 'cache')];
    const { code, stderr } = await run(['bench', 'fewshot', ...GRID, ...options, ...place]);
    assert.equal(code, 0, stderr);
  }
  const compare = async (name: 'vit' | 'tip', method: string) => {
    const out = join(folder, `own-${name}`);
    const { code, stderr } = await run([
      'report',
      join(folder, 'own'),
      join(folder, name),
      '--out',
      out,
      '--json',
    ]);
    assert.equal(code, 0, stderr);
    const rows = rowsOf(join(out, 'comparison.csv'));
    assert.equal(rows.length, 2);
    const learned = rows.find(({ shots }) => shots === '1')!;
    const expected = accuracyOf(join(folder, name), method) - accuracyOf(join(folder, 'own'), 'linear_probe');
    assert.ok(Math.abs(Number(learned.difference) - expected) < 1e-12);
    assert.equal(learned.same_seeds, 'yes');
    // On the same test pictures, so with an interval.
    assert.ok(Number(learned.low) <= expected && expected <= Number(learned.high));
    const differs = rowsOf(join(out, 'tables', 'what-differs.csv')).map(({ What }) => What);
    return { learned, differs, page: readFileSync(join(out, 'index.html'), 'utf8') };
  };
  const models = await compare('vit', 'linear_probe');
  assert.notEqual(models.learned.backbone_a, models.learned.backbone_b);
  assert.ok(models.page.includes(String(models.learned.backbone_b)));
  const methods = await compare('tip', 'tip_adapter');
  assert.deepEqual([methods.learned.method_a, methods.learned.method_b], ['linear_probe', 'tip_adapter']);
  assert.match(methods.page, /Tip-Adapter/);
  assert.ok(models.differs.length > 0 && methods.differs.length > 0);
});

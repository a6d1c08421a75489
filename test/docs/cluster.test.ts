import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseDocument } from 'yaml';

const text = readFileSync(new URL('../../docs/cluster.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/^```(yaml|bash|sh)\n(.*?)^```$/gms)].map(([, language, code]) => ({
  language: language!,
  code: code!,
}));
const help = (command: string): string =>
  spawnSync(process.execPath, ['bin/coop-bench.mjs', ...command.split(' '), '--help'], { encoding: 'utf8' })
    .stdout;

test('the snippets of docs/cluster.md are YAML and shell', () => {
  for (const { language, code } of blocks) {
    if (language === 'yaml') assert.deepEqual(parseDocument(code, { strict: true }).errors, []);
    else assert.equal(spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' }).stderr, '');
  }
  const count = (wanted: string): number => blocks.filter(({ language }) => language === wanted).length;
  assert.deepEqual([count('yaml'), count('bash'), count('sh')], [2, 2, 1]);
});

test('their commands have the options they are given', () => {
  const known: Record<string, string> = { worker: help('worker'), bench: help('bench fewshot') };
  const words = blocks.flatMap(({ code }) =>
    code
      .replaceAll('\\\n', ' ')
      .replaceAll(/[",[\]]/g, ' ')
      .split('\n')
      .map((line) => line.split(/\s+/)),
  );
  let checked = 0;
  for (const line of words) {
    const command = ['worker', 'bench'].find(
      (name) => line.includes(name) && line.includes('bin/coop-bench.mjs'),
    );
    if (command === undefined) continue;
    for (const word of line.filter((one) => one.startsWith('--'))) {
      assert.ok(known[command]!.includes(`${word} `), `${command} ${word}`);
      checked += 1;
    }
  }
  assert.ok(checked > 10, String(checked));
});

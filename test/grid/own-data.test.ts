import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { jpeg, put } from '../cli/photographs.ts';
import { run as coopBench } from './command.ts';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-grid-own-'));
after(() => rmSync(root, { recursive: true, force: true }));

const SPLIT = ['train', 'train', 'train', 'test', 'test'];
const cache = ['--cache', join(root, 'cache')];
/** Forms by the names their datasets go by. */
const forms = {
  eaux_vives: join(root, 'Eaux vives'),
  birds: join(root, 'listed', 'birds.csv'),
  hub: join(root, 'hub'),
};

before(async () => {
  const lines = { csv: 'path,label,split\n', jsonl: '' };
  for (const [k, name] of ['chouette effraie', 'ネコ'].entries()) {
    for (const [i, split] of SPLIT.entries()) {
      const picture = await jpeg(10 * k + i);
      put(join(forms.eaux_vives, name, `été ${i}.JPG`), picture);
      put(join(root, 'listed', 'all', `${k} ${i}.jpg`), picture);
      put(join(forms.hub, split, `${k}-${i}.png.jpeg`), picture);
      lines.csv += `all/${k} ${i}.jpg,${k},${split}\n`;
      lines.jsonl += `${JSON.stringify({ file_name: `${split}/${k}-${i}.png.jpeg`, label: name, split })}\n`;
    }
  }
  put(forms.birds, lines.csv);
  put(join(root, 'listed', 'names.txt'), 'barn owl\ncat\n');
  put(join(forms.hub, 'metadata.jsonl'), lines.jsonl);
  put(join(forms.hub, 'dataset.json'), '{"title": "From the hub", "prompt": "a drawing of a {}."}');
});

/** Rows of a small grid over a person's own pictures. */
async function cells(out: string, methods: string, ...args: string[]): Promise<Record<string, string>[]> {
  const command = ['bench', 'fewshot', '--methods', methods, '--shots', '1', '--seeds', '1'];
  const quick = ['--epochs', '1', '--views', '1', '--progress', 'none', '--out', out, ...cache];
  const { code, stderr } = await coopBench([...command, ...quick, ...args]);
  assert.equal(code, 0, stderr);
  return parse(readFileSync(join(out, 'cells.csv')), { columns: true });
}

test('a grid takes a folder, and an image folder of Hugging Face, by path; each has its prompt', async () => {
  const rows = await cells(
    join(root, 'both'),
    'zeroshot,coop_m4_end',
    '--datasets',
    `${forms.eaux_vives},${forms.hub}`,
  );
  assert.deepEqual(
    rows.map(({ dataset, method, classes, train_pictures, count }) =>
      [dataset, method, classes, train_pictures, count].join(' '),
    ),
    // Five pictures a class are cut into 2, 1 and 2.
    [
      'eaux_vives zeroshot 2 0 4',
      'eaux_vives coop_m4_end 2 2 4',
      'hub zeroshot 2 0 4',
      'hub coop_m4_end 2 2 4',
    ],
  );
  const prompts = (i: number) => (JSON.parse(rows[i]!.settings!) as { prompts: string[] }).prompts;
  assert.deepEqual([prompts(0), prompts(2)], [['a photo of a {}.'], ['a drawing of a {}.']]);
  const page = readFileSync(join(root, 'both', 'index.html'), 'utf8');
  assert.match(page, /From the hub/);
});

test('a grid takes a CSV by path, with names and prompt by flags', async () => {
  const flags = ['--prompt', 'a {}, a type of bird', '--class-names', join(root, 'listed', 'names.txt')];
  const [zero] = await cells(join(root, 'csv'), 'zeroshot', '--datasets', forms.birds, ...flags);
  assert.deepEqual([zero!.dataset, zero!.classes, zero!.count], ['birds', '2', '4']);
  assert.match(zero!.settings!, /a \{\}, a type of bird/);
  const args = ['--dataset', forms.birds, '--shots', '2', '--seed', '-1', ...cache];
  const drawn = await coopBench(['datasets', 'sample', ...args, ...flags]);
  // python3 -c "import random; r = random.Random(-1); print(r.sample(range(3), 2), r.sample(range(3), 2))"
  // [0, 2] [1, 0]
  assert.deepEqual(
    drawn.stdout.split('\n').filter((line) => line.startsWith('train')),
    [
      'train\tall/0 0.jpg\t0\tbarn owl',
      'train\tall/0 2.jpg\t0\tbarn owl',
      'train\tall/1 1.jpg\t1\tcat',
      'train\tall/1 0.jpg\t1\tcat',
    ],
  );
});

test('flags that fit no dataset, and two datasets of one name, are refused before any work', async () => {
  const refused = async (...args: string[]) => {
    const { code, stderr } = await coopBench(['bench', 'fewshot', '--dry-run', ...cache, ...args]);
    assert.equal(code, 2);
    return stderr;
  };
  const [names, twice] = await Promise.all([
    refused(
      '--datasets',
      `${forms.eaux_vives},${forms.hub}`,
      '--class-names',
      join(root, 'listed', 'names.txt'),
    ),
    refused('--datasets', `${forms.hub},${forms.hub}/`),
  ]);
  assert.match(names, /BAD_OPTION: --class-names .*\n {2}expected: exactly one of your own datasets/);
  assert.match(twice, /SAME_DATASET/);
});

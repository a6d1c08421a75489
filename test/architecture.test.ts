import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each room may import: the arrows of docs/architecture.md. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'src/config': [],
  'src/files': ['src/config'],
  'src/download': ['src/config', 'src/files'],
  'src/pickle': ['src/config'],
  'src/wasm': [],
  'src/data': ['src/config', 'src/files', 'src/pickle', 'src/wasm'],
  'src/ir': [],
  'src/autodiff': ['src/ir'],
  'src/runtime': ['src/ir'],
  'src/train': ['src/wasm'],
  'src/checkpoint': ['src/config', 'src/files', 'src/pickle'],
  'src/clip': ['src/checkpoint', 'src/ir', 'src/config'],
  'src/methods': [
    'src/checkpoint',
    'src/clip',
    'src/train',
    'src/autodiff',
    'src/runtime',
    'src/ir',
    'src/data',
    'src/config',
  ],
  'src/runner': [
    'src/methods',
    'src/checkpoint',
    'src/clip',
    'src/runtime',
    'src/data',
    'src/config',
    'src/files',
    'datasets',
  ],
  'src/queue': [
    'src/runner',
    'src/methods',
    'src/checkpoint',
    'src/data',
    'src/config',
    'src/files',
    'datasets',
  ],
  'src/report': ['src/config', 'src/files'],
  datasets: ['src/data', 'src/config'],
  benchmarks: ['src/config', 'datasets'],
};

const roomOf = (file: string): string => {
  const [first, second] = relative(root, file).split(sep) as [string, string];
  return first === 'src' ? `src/${second}` : first;
};

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .filter((entry) => !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Relative imports of a file, as [room, path]. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) =>
    resolve(dirname(file), path!),
  );
}

for (const [room, allowed] of Object.entries(ARROWS)) {
  test(`${room} imports only ${allowed.join(', ') || 'nothing of other rooms'}, by their index`, () => {
    const wrong: string[] = [];
    for (const file of sources(join(root, room))) {
      for (const path of importsOf(file)) {
        const target = roomOf(path);
        if (target === room) continue;
        const byIndex = path === join(root, target, 'index.ts');
        if (!allowed.includes(target) || !byIndex)
          wrong.push(`${relative(root, file)} -> ${relative(root, path)}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}

test('nobody imports the command', () => {
  const others = ['src', 'datasets', 'benchmarks'].flatMap((folder) => sources(join(root, folder)));
  const importers = others.filter(
    (file) => roomOf(file) !== 'src/cli' && importsOf(file).some((path) => roomOf(path) === 'src/cli'),
  );
  assert.deepEqual(importers, []);
});

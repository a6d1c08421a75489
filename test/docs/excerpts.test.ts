import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Code blocks that begin with the path of the file they are from. */
const EXCERPT = /^```ts\n\/\/ (?<path>\S+\.ts)\n(?<code>.*?)^```$/gms;

const excerpts = readdirSync(new URL('docs/', root))
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => [...read(`docs/${name}`).matchAll(EXCERPT)].map(({ groups }) => ({ name, ...groups! })));

test('excerpts of code in docs/ stand in the files they name', () => {
  assert.ok(excerpts.length > 0);
  for (const { name, path, code } of excerpts as { name: string; path: string; code: string }[]) {
    assert.ok(read(path).includes(code), `docs/${name}: ${path} does not have\n${code}`);
  }
});

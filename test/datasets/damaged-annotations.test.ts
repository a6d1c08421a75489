import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { EMBEDDED_ONLY, loadDataset } from '../../datasets/index.ts';
import { UserError } from '../../src/config/errors.ts';
import { makeTree, TREES } from './trees.ts';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-damaged-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Every list, JSON and MATLAB file that a split is made from. */
const FILES = Object.entries(TREES).flatMap(([key, { folder, files }]) =>
  Object.entries(files)
    .filter(
      ([name, content]) => content !== null && /\.(txt|json|mat)$/.test(name) && !name.includes('README'),
    )
    .map(([name]) => ({ key, path: join(root, folder, name) })),
);
assert.equal(FILES.length, 22);

before(async () => {
  for (const key of new Set(FILES.map((file) => file.key)))
    await makeTree(root, key, { splitFile: false, contents: 1 });
});

const changes = fc.array(
  fc.record({
    /** Place as a share of the file. */
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(12),
    put: fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        '\n',
        ' ',
        '/',
        '\r\n\r\n',
        '\u0000',
        '\ufeff',
        '💥',
        '-1',
        '1e9',
        '99999999999',
        '"',
        '__proto__',
      ),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

test("a dataset's own lists and files of 600 random damages are read or refused clearly", async () => {
  const outcomes = { read: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FILES), changes, async ({ key, path }, list) => {
      const whole = readFileSync(path);
      let bytes = whole;
      for (const { at, cut, put } of list) {
        const place = Math.floor(at * bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(put), bytes.subarray(place + cut)]);
      }
      writeFileSync(path, bytes);
      try {
        const {
          classNames,
          train,
          val,
          test: testing,
        } = await loadDataset(key, { ...EMBEDDED_ONLY, dataRoot: root });
        for (const { label } of [...train, ...val, ...testing])
          assert.equal(typeof classNames[label], 'string');
        outcomes.read += 1;
      } catch (error) {
        assert.ok(error instanceof UserError, String((error as Error).stack));
        assert.match(error.message, /expected: .*\n.*found: .*\n.*try: /);
        assert.ok(error.message.includes(root) && error.message.length < 2_000, error.message);
        outcomes.refused += 1;
      } finally {
        writeFileSync(path, whole);
      }
    }),
    { numRuns: 600, seed: 5 },
  );
  // Both ends are reached.
  assert.ok(outcomes.read > 50 && outcomes.refused > 200, JSON.stringify(outcomes));
});

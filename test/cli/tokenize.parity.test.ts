import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { coopBench, fixture, projectFile, SUITE } from './command.ts';

interface Encoded {
  readonly text: string;
  readonly ids: readonly number[];
  readonly ids_vocab4096: readonly number[];
}

// Of the texts that are one line. A carriage return at a line's end belongs to the line end.
const encoded = (JSON.parse(readFileSync(fixture('tokenizer/encode.json'), 'utf8')) as Encoded[]).filter(
  ({ text }) => !text.includes('\n') && !text.endsWith('\r'),
);
const lines = encoded.map(({ text }) => text);

describe('coop-bench tokenize', SUITE, () => {
  it("gives the ids of OpenAI's tokenizer, a JSON list a line", async () => {
    const { code, stdout, stderr } = await coopBench(['tokenize', '--json'], `${lines.join('\n')}\n`);
    assert.equal(code, 0, stderr);
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.ok(found.length > 70);
    assert.deepEqual(
      found,
      encoded.map(({ ids }) => ids),
    );
  });

  it('cuts the vocabulary, separates ids by spaces, and needs no end behind the last line', async () => {
    const args = ['tokenize', '--vocab-size', '4096'];
    const { code, stdout, stderr } = await coopBench(args, lines.join('\r\n'));
    assert.equal(code, 0, stderr);
    const expected = encoded.map((answer) => `${answer.ids_vocab4096.join(' ')}\n`).join('');
    assert.equal(stdout, expected);
  });

  it('gives an empty list for an empty line, nothing for no line, and ends lines at line feeds only', async () => {
    const [some, none] = await Promise.all([
      coopBench(['tokenize', '--json'], '\na\u2028dog\r\n\n'),
      coopBench(['tokenize', '--json']),
    ]);
    assert.deepEqual([some.code, some.stdout], [0, '[]\n[320,1929]\n[]\n']);
    assert.deepEqual([none.code, none.stdout], [0, '']);
  });

  it('refuses a vocabulary that CLIP does not have', async () => {
    const { code, stdout, stderr } = await coopBench(['tokenize', '--vocab-size', '100'], 'a dog\n');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /BAD_VOCABULARY.*expected: a vocabulary of 514 to 49408 tokens\s+found: +100/s);
  });

  it('ends without a complaint when its reader has seen enough', async () => {
    const child = spawn(process.execPath, [projectFile('bin/coop-bench.mjs'), 'tokenize']);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    // The command stops reading, so that these may be refused.
    child.stdin.on('error', () => {});
    child.stdin.write('a dog\n');
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(first.toString(), '320 1929\n');
    child.stdout.destroy();
    child.stdin.write('a cat\n');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.deepEqual([code, complaint], [0, '']);
  });
});

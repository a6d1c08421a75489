import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSafetensors } from '../../src/checkpoint/index.ts';
import { coopBench, fixture, SUITE, workFolder } from './command.ts';

const folder = workFolder();
// Made with Pillow and torchvision; key: file name / what was done.
const expected = readSafetensors(fixture('preprocess/expected.safetensors'));

describe('coop-bench preprocess', SUITE, () => {
  for (const size of [48, 224]) {
    it(`gives Pillow's pixels of every picture at ${size}`, async () => {
      const out = join(folder, 'made', 'here', `${size}.safetensors`);
      const args = ['preprocess', '--size', String(size), '--images', fixture('preprocess'), '--out', out];
      const { code, stdout, stderr } = await coopBench(args);
      assert.deepEqual([code, stdout], [0, ''], stderr);
      const { tensors } = readSafetensors(out);
      assert.equal(tensors.size, 18);
      for (const [name, { dtype, shape, data }] of tensors) {
        assert.deepEqual([dtype, shape], ['U8', [size, size, 3]]);
        const answer = expected.tensors.get(`${name}/test${size}`)!.data as Uint8Array;
        // JPEG decoders may round differently.
        if (!name.endsWith('.jpg')) assert.deepEqual(data, answer, name);
        else for (let i = 0; i < answer.length; i++) assert.ok(Math.abs(Number(data[i]) - answer[i]!) <= 2);
      }
    });
  }

  it('refuses a folder that is not there, and one without pictures, before it writes anything', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'notes.txt'), 'no picture');
    const out = join(folder, 'never.safetensors');
    const answers = await Promise.all(
      [join(folder, 'nowhere'), empty].map((images) =>
        coopBench(['preprocess', '--size', '8', '--images', images, '--out', out]),
      ),
    );
    assert.deepEqual(
      answers.map(({ code }) => code),
      [2, 2],
    );
    assert.match(answers[0]!.stderr, /FOLDER_UNREADABLE: --images .*nowhere.*found: +no such folder/s);
    assert.match(answers[1]!.stderr, /NO_PICTURES.*found: +1 entries, none of them/s);
    assert.equal(existsSync(out), false);
  });
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/checkpoint/index.ts';
import { UserError } from '../../src/config/index.ts';
import { openPreparer, type PictureRef, type PictureView } from '../../src/data/index.ts';

const fixtures = fileURLToPath(new URL('../fixtures/preprocess/', import.meta.url));
const names = readdirSync(fixtures).filter((name) => !name.endsWith('.safetensors'));
// Made with Pillow and torchvision; key: file name / what was done.
const expected = readSafetensors(join(fixtures, 'expected.safetensors')).tensors;
const folder = mkdtempSync(join(tmpdir(), 'coop-bench-preparer-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const file = (path: string): PictureRef => ({ kind: 'file', folder: '', name: path });
const test: PictureView = { kind: 'test' };

describe('openPreparer', () => {
  const [inline, threads] = [openPreparer(0), openPreparer(2)];
  after(() => Promise.all([inline.close(), threads.close()]));

  it('gives Pillow’s pixels of every format from threads, many at once', async () => {
    const asked = [48, 224].flatMap((size) => names.map((name) => ({ name, size })));
    const views = await Promise.all(
      asked.map(({ name, size }) =>
        threads.prepare({ picture: file(join(fixtures, name)), view: test, size }),
      ),
    );
    for (const [i, { name, size }] of asked.entries()) {
      const { width, height, data } = views[i]!;
      assert.deepEqual([width, height], [size, size]);
      const answer = expected.get(`${name}/test${size}`)!.data as Uint8Array;
      // JPEG decoders may round differently.
      const tolerance = name.endsWith('.jpg') ? 2 : 0;
      assert.equal(data.length, answer.length);
      for (let j = 0; j < answer.length; j++) assert.ok(Math.abs(data[j]! - answer[j]!) <= tolerance, name);
    }
  });

  it('gives the same pixels in a thread and in the calling one: of crops, which differ, and of drawings', async () => {
    const crop = (epoch: number): PictureView => ({
      kind: 'crop',
      streamKey: ['a test', epoch],
      mirror: true,
    });
    const photo = file(join(fixtures, 'photo.jpg'));
    const icon: PictureRef = { kind: 'icon', set: 'lucide', icon: 'house', name: 'lucide:house' };
    const asked = [
      { picture: photo, view: crop(0), size: 64 },
      { picture: photo, view: crop(1), size: 64 },
      { picture: icon, view: test, size: 64 },
      { picture: icon, view: crop(0), size: 32 },
    ];
    const here = await Promise.all(asked.map((request) => inline.prepare(request)));
    assert.deepEqual(await Promise.all(asked.map((request) => threads.prepare(request))), here);
    assert.notDeepEqual(here[0], here[1]);
    assert.ok(here[2]!.data.includes(0) && here[2]!.data.includes(255), 'black on white');
  });

  for (const [where, preparer] of [
    ['the calling thread', inline],
    ['threads', threads],
  ] as const) {
    it(`refuses a picture that is cut off and one that is missing, and goes on, in ${where}`, async () => {
      const half = join(folder, 'half.jpg');
      const whole = readFileSync(join(fixtures, 'progressive.jpg'));
      writeFileSync(half, whole.subarray(0, whole.length / 2));
      const [cutOff, missing, good] = await Promise.allSettled(
        [half, join(folder, 'nowhere.png'), join(fixtures, 'wide.png')].map((path) =>
          preparer.prepare({ picture: file(path), view: test, size: 16 }),
        ),
      );
      assert.equal(good!.status, 'fulfilled');
      for (const [outcome, code, name] of [
        [cutOff!, 'PICTURE_UNREADABLE', half],
        [missing!, 'PICTURE_MISSING', 'nowhere.png'],
      ] as const) {
        assert.equal(outcome.status, 'rejected');
        const { reason } = outcome as PromiseRejectedResult;
        assert.ok(reason instanceof UserError);
        assert.equal(reason.code, code);
        assert.match(reason.message, /expected: .*\n.*found: .*\n.*try: /s);
        assert.ok(reason.message.includes(name));
      }
    });
  }

  it('names the picture at which a thread failed for another reason', async () => {
    const size = 2 ** 20;
    const picture = file(join(fixtures, 'one.png'));
    await assert.rejects(threads.prepare({ picture, view: test, size }), (error: Error) => {
      assert.ok(!(error instanceof UserError));
      assert.match(error.message, /^a thread that prepares pictures failed at .*one\.png: ./);
      return true;
    });
  });

  it('does not keep a process alive that forgets to close it', () => {
    const data = new URL('../../src/data/index.ts', import.meta.url).href;
    const program = `
      const { openPreparer } = await import(${JSON.stringify(data)});
      const picture = { kind: 'file', folder: '', name: ${JSON.stringify(join(fixtures, 'one.png'))} };
      const { width } = await openPreparer(1).prepare({ picture, view: { kind: 'test' }, size: 5 });
      console.log(width);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      timeout: 30_000,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout], [0, '5\n'], stderr);
  });
});

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { unusualFacts, weightsSha256, writeSafetensors } from '../../src/checkpoint/index.ts';
import { openCheckpoint } from '../../src/clip/index.ts';
import { type Cell, cellKey } from '../../src/config/index.ts';
import { writePrompt } from '../../src/methods/index.ts';
import { exampleCell } from '../config/example-cell.ts';
import { cases, floats } from '../methods/coop-case.ts';
import { coopBench, f32, fixture, projectFile, SUITE, workFolder } from './command.ts';

const folder = workFolder();
const file = (name: string): string => join(folder, name);
const vit = fixture('checkpoints/vit.openai.safetensors');
const coop = fixture('coop/prompt_learner/model.pth.tar-4');
const vitSha = await weightsSha256([vit]);
const stored = cases.find(({ key }) => key === 'end-unified-4-random')!;

// Pictures of a folder: one grey, one with colours, one that is none.
mkdirSync(file('pictures'));
for (const name of ['gray.png', 'photo.jpg'])
  copyFileSync(fixture(`preprocess/${name}`), file(`pictures/${name}`));
mkdirSync(file('with-broken'));
copyFileSync(fixture('preprocess/gray.png'), file('with-broken/a.png'));
writeFileSync(file('with-broken/b.png'), 'no picture');

/** A prompt as a grid on `backbone` writes it, with the context of the stored case. */
function ownPrompt(name: string, backbone: Cell['backbone'], width = 64): string {
  const method = { ...exampleCell.method, key: 'coop_m4_end', nCtx: 4 } as Cell['method'];
  const cell: Cell = { ...exampleCell, backbone, method };
  const data = width === 64 ? floats(stored, 'ctx0') : new Float32Array(4 * width);
  writePrompt(file(name), { data, shape: [4, width] }, { key: cellKey(cell), cell }, [
    'dog',
    'tiger_cat',
    'annual crop land',
  ]);
  return file(name);
}
const own = ownPrompt('own.safetensors', { name: 'no-such-model', sha256: vitSha });
const gelu = await openCheckpoint(vit, 'gelu');
const ownGelu = ownPrompt('gelu.safetensors', {
  name: 'no-such-model',
  sha256: vitSha,
  settings: unusualFacts(gelu.facts) ?? undefined,
});
const downloadable = ownPrompt('downloadable.safetensors', { name: 'RN50', sha256: 'ab' });
const elsewhere = ownPrompt('elsewhere.safetensors', { name: 'icon-clip-rn', sha256: 'cd'.repeat(32) }, 128);
writeSafetensors(file('bare.safetensors'), { ctx: f32([4, 64], floats(stored, 'ctx0')) });

const predict = (...args: string[]) => coopBench(['predict', '--images', file('pictures'), ...args]);
/** Lines of --json. */
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          path: string;
          classes: { class: string; label: number; probability: number }[];
        },
    );

describe('coop-bench predict', SUITE, () => {
  it("classifies with CoOp's own file, into the classes its embeddings tell", async () => {
    const { code, stdout, stderr } = await predict(
      '--prompt',
      coop,
      '--checkpoint',
      vit,
      '--top',
      '9',
      '--json',
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /do not say where the class name stands: taken as end/);
    const lines = jsonLines(stdout);
    assert.deepEqual(
      lines.map(({ path }) => path),
      ['gray.png', 'photo.jpg'],
    );
    for (const { classes } of lines) {
      assert.deepEqual(classes.map((entry) => entry.class).sort(), ['annual crop land', 'dog', 'tiger cat']);
      assert.deepEqual(classes.map(({ label }) => label).sort(), [0, 1, 2]);
      assert.ok(Math.abs(classes.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-5);
    }
  });

  it("gives the same with our file of the same context, and from the run's folder", async () => {
    const given = ['--checkpoint', vit, '--json', '--top', '3'];
    const answers = await Promise.all([
      predict('--prompt', own, ...given, '--classnames', 'dog,tiger cat,annual crop land'),
      predict('--prompt', fixture('coop'), ...given),
      predict(
        '--prompt',
        file('bare.safetensors'),
        ...given,
        '--classnames',
        'dog,tiger cat,annual crop land',
      ),
    ]);
    for (const { code, stdout, stderr } of answers) {
      assert.equal(code, 0, stderr);
      assert.equal(stdout, answers[0]!.stdout);
    }
  });

  it('opens the model with the activation the prompt was learned with', async () => {
    const [quick, plain, told] = await Promise.all([
      predict('--prompt', own, '--checkpoint', vit),
      predict('--prompt', ownGelu, '--checkpoint', vit),
      predict('--prompt', own, '--checkpoint', vit, '--activation', 'gelu', '--any-checkpoint'),
    ]);
    assert.equal(plain!.code, 0, plain!.stderr);
    assert.notEqual(plain!.stdout, quick!.stdout);
    assert.equal(plain!.stdout, told!.stdout);
    assert.match(told!.stderr, /not the checkpoint the prompt was learned with: \{.*gelu/);
  });

  it('tells other classes apart with a context for all, in the order given', async () => {
    writeFileSync(file('names.json'), '["x", "a, \\"b\\"", "Boeing_707"]');
    const args = [
      '--prompt',
      coop,
      '--checkpoint',
      vit,
      '--position',
      'front',
      '--classnames',
      file('names.json'),
    ];
    const { code, stdout, stderr } = await predict(
      ...args,
      '--top',
      '3',
      '--csv',
      '--out',
      file('out/rows.csv'),
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    const rows: Record<string, string>[] = parse(readFileSync(file('out/rows.csv')), { columns: true });
    assert.deepEqual(Object.keys(rows[0]!), [
      'path',
      ...[1, 2, 3].flatMap((i) => [`class_${i}`, `probability_${i}`]),
    ]);
    for (const row of rows) {
      assert.deepEqual([row.class_1, row.class_2, row.class_3].sort(), ['Boeing_707', 'a, "b"', 'x']);
    }
  });

  it('classifies without training, with hand-made prompts', async () => {
    const templates = ['--template', 'a photo of a {}.', 'art of a {}.', '--classnames', 'arrow,star'];
    const { code, stdout, stderr } = await predict(...templates, '--json');
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      jsonLines(stdout).map(({ classes }) => classes.length),
      [1, 1],
    );
  });

  it('leaves a picture out that cannot be read, names it, and ends with 1', async () => {
    const args = ['--prompt', coop, '--checkpoint', vit, '--images', file('with-broken')];
    const { code, stdout, stderr } = await coopBench(['predict', ...args]);
    assert.equal(code, 1);
    assert.match(stderr, /left out: .*b\.png/);
    assert.match(stderr, /1 of 2 pictures classified into 3 classes/);
    assert.match(stdout, /^path,class_1,probability_1\na\.png,/);
  });
});

const REFUSED: readonly (readonly [title: string, args: readonly string[], message: RegExp])[] = [
  ['neither prompt nor template', [], /--prompt FILE, or --template.*neither/s],
  ['a prompt that is not there', ['--prompt', file('none')], /FILE_UNREADABLE: --prompt .*no such file/s],
  [
    'a folder without prompts',
    ['--prompt', file('pictures')],
    /NO_PROMPT.*prompt_learner\/model\.pth\.tar-N/s,
  ],
  ['a checkpoint as prompt', ['--prompt', vit], /NOT_A_PROMPT.*a CLIP checkpoint/s],
  [
    "CoOp's file without checkpoint",
    ['--prompt', coop],
    /CHECKPOINT_NEEDED.*does not name it.*--checkpoint/s,
  ],
  [
    'a prompt whose model is not here',
    ['--prompt', own],
    new RegExp(`CHECKPOINT_NEEDED.*no-such-model, SHA-256 ${vitSha}`, 's'),
  ],
  [
    'a prompt whose model was not downloaded',
    ['--prompt', downloadable, '--cache', file('empty-cache')],
    /CHECKPOINT_NEEDED.*RN50, SHA-256 ab.*not in .*empty-cache.*--checkpoint RN50 fetches it/s,
  ],
  [
    'other weights than the prompt was learned with',
    ['--prompt', elsewhere],
    /OTHER_CHECKPOINT.*SHA-256 cdcdcd.*SHA-256 [0-9a-f]{64}.*--any-checkpoint/s,
  ],
  [
    'a checkpoint of another width, whatever is allowed',
    ['--prompt', own, '--checkpoint', 'icon-clip-rn', '--any-checkpoint'],
    /PROMPT_WIDTH.*vectors of 128 numbers.*64 numbers/s,
  ],
  [
    "another checkpoint's embeddings in CoOp's file",
    ['--prompt', coop, '--checkpoint', fixture('checkpoints/rn.openai.safetensors')],
    /PROMPT_OTHER_CHECKPOINT.*token_prefix/s,
  ],
  [
    'other classes for a class-specific prompt',
    ['--prompt', fixture('coop/csc'), '--checkpoint', vit, '--classnames', 'dog,cat'],
    /PROMPT_CLASSES.*5 classes, one a context.*found: +2/s,
  ],
  [
    'a context that came without classes',
    ['--prompt', file('bare.safetensors'), '--checkpoint', vit],
    /CLASSES_NEEDED.*--classnames/s,
  ],
  [
    'a position the prompt was not learned with',
    ['--prompt', own, '--checkpoint', vit, '--position', 'front'],
    /--position front.*end, as/s,
  ],
  [
    'an empty class name',
    ['--prompt', coop, '--checkpoint', vit, '--classnames', 'a,,b'],
    /BAD_OPTION: --classnames a,,b/,
  ],
  [
    'a list of names that is not there',
    ['--prompt', coop, '--checkpoint', vit, '--classnames', 'no.json'],
    /CLASSNAMES_UNREADABLE.*no such file/s,
  ],
  ['a template without classes', ['--template', 'a {}'], /--template.*--classnames beside it/s],
  [
    'a template without a place',
    ['--template', 'a photo', '--classnames', 'a,b'],
    /--template "a photo".*\{\}/s,
  ],
  [
    'a class name that does not fit the context',
    ['--prompt', coop, '--checkpoint', vit, '--classnames', `${'very '.repeat(80)}long,b`],
    /PROMPT_TOO_LONG.*at most 77 tokens/s,
  ],
];

describe('coop-bench predict refuses', SUITE, () => {
  for (const [title, args, message] of REFUSED) {
    it(title, async () => {
      const { code, stdout, stderr } = await predict(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.match(stderr, /^error [A-Z_]+: .*\n {2}expected: /m);
      assert.equal(stdout, '');
    });
  }
});

describe('coop-bench words and prompt', SUITE, () => {
  it('words names the tokens nearest to each vector, as the reference does', async () => {
    const reference = JSON.parse(readFileSync(fixture('coop/nearest_words.json'), 'utf8')) as {
      token: string;
      distance: number;
    }[][];
    const args = [
      'words',
      '--prompt',
      fixture('coop/nearest_words.safetensors'),
      '--checkpoint',
      vit,
      '--json',
    ];
    const { code, stdout, stderr } = await coopBench(args);
    assert.equal(code, 0, stderr);
    const [{ class: name, vectors }] = JSON.parse(stdout);
    assert.equal(name, null);
    assert.deepEqual(
      vectors.map(({ words }: { words: { word: string }[] }) => words.map(({ word }) => word)),
      reference.map((words) => words.map(({ token }) => token)),
    );
  });

  it('words takes one class of a class-specific prompt', async () => {
    const args = ['words', '--prompt', fixture('coop/csc'), '--checkpoint', vit, '--count', '2', '--class'];
    const [one, none] = await Promise.all(['dog', 'horse'].map((name) => coopBench([...args, name])));
    assert.match(one!.stdout, /^dog\n( +\d {2}\S+ \(\d+\.\d{4}\) {2}\S+ \(\d+\.\d{4}\)\n){4}$/);
    assert.equal(none!.code, 2);
    assert.match(none!.stderr, /UNKNOWN_CLASS: --class horse.*dog, tiger cat/s);
  });

  it('prompt show tells what a file holds', async () => {
    const { stdout } = await coopBench(['prompt', 'show', own, '--json']);
    const shown = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(shown.shape, [4, 64]);
    assert.deepEqual(shown.classNames, ['dog', 'tiger_cat', 'annual crop land']);
    assert.deepEqual(shown.backbone, { name: 'no-such-model', sha256: vitSha });
    const foreign = await coopBench(['prompt', 'show', coop]);
    assert.match(foreign.stdout, /CoOp's.*\ncontext +4 vectors, one context for all classes, \[4, 64\]/);
  });

  it('prompt export refuses a prompt that does not say its epochs, and takes a number', async () => {
    const args = ['prompt', 'export', '--prompt', coop, '--checkpoint', vit, '--out', file('exported')];
    const [without, with7] = await Promise.all([coopBench(args), coopBench([...args, '--epoch', '7'])]);
    assert.equal(without!.code, 2);
    assert.match(without!.stderr, /--epoch N/);
    assert.equal(with7!.code, 0, with7!.stderr);
    const shown = await coopBench(['prompt', 'show', file('exported'), '--checkpoint', vit]);
    assert.match(shown.stdout, /exported\/prompt_learner\/model\.pth\.tar-7/);
    assert.match(shown.stdout, /3: dog, tiger cat, annual crop land/);
  });

  it("of a run's folder the highest epoch is taken, else the best", async () => {
    mkdirSync(file('run/prompt_learner'), { recursive: true });
    for (const name of ['model-best.pth.tar', 'model.pth.tar-9', 'model.pth.tar-50', 'checkpoint']) {
      copyFileSync(coop, file(`run/prompt_learner/${name}`));
    }
    const { stdout } = await coopBench(['prompt', 'show', file('run'), '--json']);
    assert.match((JSON.parse(stdout) as { path: string }).path, /model\.pth\.tar-50$/);
    const best = await coopBench(['prompt', 'show', fixture('coop/csc'), '--json']);
    assert.match((JSON.parse(best.stdout) as { path: string }).path, /model-best\.pth\.tar$/);
  });

  it('the help of every command runs', async () => {
    for (const command of [['predict'], ['words'], ['prompt', 'show'], ['prompt', 'export']]) {
      const { code, stdout } = await coopBench([...command, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, /Examples?/);
    }
    assert.ok(readFileSync(projectFile('src/cli/main.ts'), 'utf8').includes('predictCommand'));
  });
});

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/checkpoint/index.ts';
import { coopBench, f32, fixture, i64, projectFile, SUITE, workFolder } from './command.ts';

const folder = workFolder();
const file = (name: string) => join(folder, name);
const vit = fixture('checkpoints/vit.openai.safetensors');
const given = fixture('checkpoints/vit.expected.safetensors');

function save(name: string, tensors: Record<string, StoredTensor>): string {
  writeSafetensors(file(name), tensors);
  return file(name);
}

const bytes = readFileSync(vit);
writeFileSync(file('cut.safetensors'), bytes.subarray(0, bytes.length / 2));
writeFileSync(file('cut-in-header.safetensors'), bytes.subarray(0, 1000));
writeFileSync(file('text.safetensors'), 'These are no tensors, but words, and enough of them.');
writeFileSync(file('plain-file'), 'a file where a folder should be');
const { tensors } = readSafetensors(vit);
const poisoned = Object.fromEntries(tensors);
const scale = tensors.get('ln_final.weight')!;
poisoned['ln_final.weight'] = f32(
  scale.shape,
  Array.from({ length: 64 }, (_, i) => (i === 3 ? Number.NaN : 1)),
);
save('nan.safetensors', poisoned);
const { 'ln_final.weight': _, ...incomplete } = Object.fromEntries(tensors);
save('incomplete.safetensors', incomplete);
save('scaleless.safetensors', { ...Object.fromEntries(tensors), logit_scale: f32([], [Number.NaN]) });
const model = projectFile('models/icon-clip-rn.safetensors');
copyFileSync(model, file('copy.safetensors'));
mkdirSync(file('elsewhere'));
copyFileSync(vit, file('elsewhere/icon-clip-rn.safetensors'));
const row = (ids: readonly number[]) => i64([1, 77], [...ids, ...new Array(77 - ids.length).fill(0)]);

const features = (checkpoint: string, from: string, ...rest: string[]) => [
  'features',
  '--checkpoint',
  checkpoint,
  '--tensors',
  from,
  ...(rest.length > 0 ? rest : ['--out', file('never.safetensors')]),
];
const bench = (...options: string[]) => ['bench', 'fewshot', '--out', file('never'), ...options];

const REFUSED: readonly (readonly [title: string, args: readonly string[], message: RegExp])[] = [
  [
    'tensors that are not there',
    features(vit, file('no.safetensors')),
    /FILE_UNREADABLE: .*no\.safetensors.*no such file/s,
  ],
  [
    'a checkpoint that is not there',
    features('icon-clip-nr', given),
    /UNKNOWN_BACKBONE: --checkpoint icon-clip-nr.*did you mean icon-clip-rn\?/s,
  ],
  [
    'a checkpoint that is cut off',
    features(file('cut.safetensors'), given),
    /SAFETENSORS_DAMAGED: .*cut\.safetensors.*expected: \d+ bytes.*found: +\d+ bytes.*the file is cut off/s,
  ],
  [
    'a checkpoint that is cut off within its header',
    features(file('cut-in-header.safetensors'), given),
    /SAFETENSORS_DAMAGED.*found: +1000 bytes in all.*the file is cut off/s,
  ],
  [
    'a checkpoint with a weight that is no number',
    features(file('nan.safetensors'), given),
    /CHECKPOINT_NOT_FINITE: .*nan\.safetensors: tensor ln_final\.weight.*found: +NaN at element 3/s,
  ],
  [
    'a checkpoint of another kind',
    features(given, given),
    /CHECKPOINT_TENSOR_MISSING: .*vit\.expected\.safetensors: tensor text_projection is missing.*the tensors of a whole CLIP model/s,
  ],
  [
    'a checkpoint that lacks a tensor',
    features(file('incomplete.safetensors'), given),
    /CHECKPOINT_TENSOR_MISSING: .*incomplete\.safetensors: tensor ln_final\.weight is missing/,
  ],
  [
    'a checkpoint that is text',
    features(file('text.safetensors'), given),
    /SAFETENSORS_DAMAGED.*no safetensors file/s,
  ],
  [
    'pictures of another size',
    features(vit, save('large.safetensors', { image: f32([1, 3, 64, 64], new Array(3 * 64 * 64).fill(0)) })),
    /TENSOR_SHAPE: .*tensor "image"\s+expected: \[N, 3, 32, 32\]\s+found: +\[1, 3, 64, 64\]/,
  ],
  [
    'tensors of other names',
    features(vit, save('other.safetensors', { pictures: f32([1], [0]) })),
    /TENSOR_MISSING: .*expected: a tensor "image" \[N, 3, 32, 32\] or "tokens" \[N, 77\]\s+found: +only pictures/s,
  ],
  [
    'a token outside the vocabulary',
    features(vit, save('beyond.safetensors', { tokens: row([4094, 320, 4096, 4095]) })),
    /TOKENS_INVALID: .*tensor "tokens", row 0\s+expected: token ids from 0 to 4095\s+found: +4096 at position 2/,
  ],
  [
    'tokens without end of text',
    features(vit, save('endless.safetensors', { tokens: row([4094, 320]) })),
    /TOKENS_INVALID: .*expected: an end-of-text token, 4095\s+found: +none.*--vocab-size 4096/s,
  ],
  [
    'an output where no file can be',
    features(vit, given, '--out', join(file('plain-file'), 'f.safetensors')),
    /FILE_UNWRITABLE: --out .*plain-file\/f\.safetensors/s,
  ],
  [
    'an output that is a folder',
    features(vit, given, '--out', folder),
    /FILE_UNWRITABLE.*a folder of that name/s,
  ],
  [
    'threads for the engine that has one',
    [...features(vit, given), '--engine', 'reference', '--threads', '2'],
    /BAD_OPTION: --threads 2/,
  ],
  [
    'features of nothing',
    ['features', '--checkpoint', vit, '--out', file('never.safetensors')],
    /--tensors FILE or --images DIR\s+found: +neither/,
  ],
  [
    'features of two things',
    [...features(vit, given), '--images', folder],
    /cannot be used with option '--tensors/,
  ],
  [
    'a dataset nobody knows',
    bench('--datasets', 'icon_arows'),
    /UNKNOWN_DATASET.*did you mean icons_arrows/s,
  ],
  [
    'a backbone nobody knows',
    bench('--backbone', 'icon-clip'),
    /UNKNOWN_BACKBONE: --backbone icon-clip.*did you mean icon-clip-rn\?/s,
  ],
  ['a method nobody knows', bench('--methods', 'coop_m16_ent'), /UNKNOWN_METHOD.*did you mean coop_m16_end/s],
  [
    'more shots than any class has',
    bench('--datasets', 'icons_brands', '--shots', '5000'),
    /TOO_MANY_SHOTS: --shots 5000.*expected: at most \d+, the training pictures of the largest class of icons_brands/s,
  ],
  ['a seed that is no number', bench('--seeds', 'one'), /BAD_OPTION: --seeds\s+expected: a whole number/],
  [
    'a folder that cannot be made',
    bench('--out', join(file('plain-file'), 'run')),
    /FOLDER_NOT_WRITABLE: .*plain-file/s,
  ],
  [
    'a cache that cannot be made',
    bench('--datasets', 'icons_nature', '--cache', join(file('plain-file'), 'cache')),
    /FOLDER_NOT_WRITABLE: making a folder: .*plain-file/s,
  ],
  [
    'a device that the engine does not know',
    bench('--datasets', 'icons_nature', '--device', 'wasm'),
    /UNKNOWN_DEVICE: --device wasm with --engine onnxruntime\s.*try: +--engine tensorflow/s,
  ],
  [
    'a device of TensorFlow.js whose package is not there',
    bench('--datasets', 'icons_nature', '--engine', 'tensorflow', '--device', 'cuda'),
    /DEVICE_UNAVAILABLE: --engine tensorflow --device cuda\s.*try: +npm i @tensorflow\/tfjs-node-gpu/s,
  ],
  [
    'the same weights twice',
    bench('--datasets', 'icons_nature', '--backbone', `icon-clip-rn,${file('copy.safetensors')}`),
    /SAME_BACKBONE: --backbone\s.*copy\.safetensors, the same weights/s,
  ],
  [
    'two models of one name',
    bench(
      '--datasets',
      'icons_nature',
      '--backbone',
      `icon-clip-rn,${file('elsewhere/icon-clip-rn.safetensors')}`,
    ),
    /SAME_BACKBONE: --backbone\s.*both named icon-clip-rn/s,
  ],
  [
    'a model whose logit_scale is no number',
    bench('--datasets', 'icons_nature', '--backbone', file('scaleless.safetensors')),
    /CHECKPOINT_NOT_FINITE: .*scaleless\.safetensors: tensor logit_scale/,
  ],
  ['the status of a folder in which nothing ran', ['status', folder], /NO_RUN: status of .*\s.*its --out/s],
  ['an unknown command', ['featurs'], /unknown command 'featurs'\s+\(Did you mean features\?\)/],
  ['an unknown command of a group', ['datasets', 'lst'], /unknown command 'lst'\s+\(Did you mean list\?\)/],
  [
    'an unknown option',
    ['tokenize', '--vocabsize', '600'],
    /unknown option '--vocabsize'\s+\(Did you mean --vocab-size\?\)/,
  ],
  ['an option left out', ['preprocess', '--size', '8'], /required option '--images <dir>' not specified/],
  [
    'an unknown benchmark',
    ['report', '--benchmark', 'fewshots'],
    /'fewshots' is invalid.*fewshot, domainshift/s,
  ],
  ['no command', [], /Usage: coop-bench/],
];

describe('a request that is wrong gets exit code 2, before any work', SUITE, () => {
  for (const [title, args, message] of REFUSED) {
    it(title, async () => {
      const { code, stdout, stderr } = await coopBench(args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^ +at /m, 'no stack for a person');
      assert.equal(existsSync(file('never.safetensors')) || existsSync(file('never/records')), false);
      assert.ok(!readdirSync(folder).some((name) => name.endsWith('.tmp')));
    });
  }
});

describe('help', SUITE, () => {
  it('is an answer, not an error, and names files that are there', async () => {
    const answers = await Promise.all([coopBench(['--help']), coopBench(['features', '--help'])]);
    for (const { code, stdout, stderr } of answers) {
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Usage: coop-bench/);
    }
    const named = answers[1]!.stdout.match(/(?:models|test)\/[\w./-]+/g) ?? [];
    assert.ok(named.length >= 2);
    for (const name of named) assert.ok(existsSync(projectFile(name)), name);
  });

  it('says the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };
    assert.deepEqual(await coopBench(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

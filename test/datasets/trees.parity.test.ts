import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  coveredLabels,
  datasetAdapter,
  EMBEDDED_ONLY,
  IMAGENET_SHIFTS,
  inClassesOf,
  loadDataset,
  PAPER_SETS,
  surveyDataset,
} from '../../datasets/index.ts';
import type { Dataset, Datum } from '../../src/data/dataset.ts';
import { checkPictures, drawFewShot, loadPicture } from '../../src/data/index.ts';
import { makeTree, TREES } from './trees.ts';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-trees-'));
after(() => rmSync(root, { recursive: true, force: true }));

const KEYS = [...PAPER_SETS, ...IMAGENET_SHIFTS];
const PARTS = ['train', 'val', 'test'] as const;
const FORMS = [
  { form: 'its own annotations', splitFile: false },
  { form: "CoOp's split file", splitFile: true },
] as const;

const rows = ({ classNames }: Dataset, data: readonly Datum[]) =>
  data.map(({ picture, label }) => [picture.name, label, classNames[label]]);

for (const { form, splitFile } of FORMS) {
  describe(`datasets read from ${form}`, () => {
    const dataRoot = join(root, String(splitFile));
    const options = { ...EMBEDDED_ONLY, dataRoot, cacheDir: join(root, 'cache') };
    const keys = KEYS.filter((key) => !splitFile || TREES[key]!.splitFile);
    before(async () => {
      for (const key of keys) await makeTree(dataRoot, key, { splitFile });
    });

    for (const key of keys) {
      const tree = TREES[key]!;
      const answers = splitFile ? tree.splitFile! : tree;

      it(`${key}: names, labels, classes and order are those of CoOp's rules`, async () => {
        assert.equal(surveyDataset(datasetAdapter(key), dataRoot).status, 'found');
        const dataset = await loadDataset(key, options);
        for (const part of PARTS) assert.deepEqual(rows(dataset, dataset[part]), answers.split[part], part);
        // From the kept listings it is the same.
        assert.equal((await loadDataset(key, options)).fingerprint, dataset.fingerprint);
      });

      it(`${key}: every picture is there and can be read`, async () => {
        const dataset = await loadDataset(key, options);
        const { pictures, missing, unreadable, listedTwice, decoded } = await checkPictures(dataset, {
          deep: true,
        });
        assert.deepEqual([missing, unreadable, listedTwice], [[], [], []]);
        assert.equal(decoded, pictures);
        assert.ok(pictures > 0);
        assert.equal((await loadPicture(dataset.test[0]!.picture, 8)).width, 8);
      });

      if (answers.draws === undefined) continue;
      it(`${key}: draws are those of Python's random, of all classes and of both halves`, async () => {
        const dataset = await loadDataset(key, options);
        for (const [name, expected] of Object.entries(answers.draws!)) {
          const [shots, seed] = name.split(' ').map(Number) as [number, number];
          const draw = drawFewShot(dataset, shots, seed);
          for (const part of ['train', 'val'] as const) {
            const names = draw[part].map(({ picture }) => picture.name);
            assert.deepEqual(names, expected[part], `${name} ${part}`);
          }
        }
        for (const subsample of ['base', 'new'] as const) {
          const part = await loadDataset(key, { ...options, subsample });
          const expected = answers[subsample]!;
          for (const list of PARTS) assert.deepEqual(rows(part, part[list]), expected.split[list], list);
          for (const [name, drawn] of Object.entries(expected.draws)) {
            const [shots, seed] = name.split(' ').map(Number) as [number, number];
            const draw = drawFewShot(part, shots, seed);
            assert.deepEqual(rows(part, draw.train), drawn.train, `${subsample} ${name}`);
            assert.deepEqual(rows(part, draw.val), drawn.val, `${subsample} ${name}`);
          }
        }
      });
    }

    if (splitFile) return;
    it("ImageNet's variants are labelled as ImageNet, and cover their own classes", async () => {
      const source = await loadDataset('imagenet', options);
      for (const key of IMAGENET_SHIFTS) {
        const target = inClassesOf(await loadDataset(key, options), source);
        const subset = key === 'imagenet_a' || key === 'imagenet_r';
        assert.equal(coveredLabels(target).length, subset ? 3 : 5, key);
        for (const [i, { picture, label }] of target.test.entries()) {
          const [folder] = picture.name.split('/');
          // Folders of ImageNet V2 are numbered by the lines of classnames.txt, which are sorted here.
          const id = key === 'imagenetv2' ? source.classIds![Number(folder)] : folder;
          assert.equal(source.classIds![label], id, `${key} ${i}`);
        }
      }
    });
  });
}

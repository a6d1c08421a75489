import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  coveredLabels,
  DATASETS,
  datasetAdapter,
  EMBEDDED_ONLY,
  ICON_SHIFTS,
  ICON_SUITE,
  IMAGENET_SHIFTS,
  inClassesOf,
  loadDataset,
  PAPER_SETS,
  surveyDataset,
} from '../../datasets/index.ts';
import { UserError } from '../../src/config/errors.ts';
import type { Dataset } from '../../src/data/dataset.ts';

const root = mkdtempSync(join(tmpdir(), 'coop-bench-disk-'));
after(() => rmSync(root, { recursive: true, force: true }));
const from = (dataRoot: string) => ({ ...EMBEDDED_ONLY, dataRoot });

const refused =
  (code: string, ...words: RegExp[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };

describe('the datasets of the paper', () => {
  it('are eleven and four, with the published sizes', () => {
    // Sizes: CoOp's DATASETS.md and the split files it publishes; ImageNet's: their home pages.
    const sizes = Object.fromEntries(
      [...PAPER_SETS, ...IMAGENET_SHIFTS].map((key) => {
        const { classes, train, val, test } = datasetAdapter(key).published!;
        return [key, [classes, train, val, test]];
      }),
    );
    assert.deepEqual(sizes, {
      imagenet: [1000, 1281167, 0, 50000],
      caltech101: [100, 4128, 1649, 2465],
      oxford_pets: [37, 2944, 736, 3669],
      stanford_cars: [196, 6509, 1635, 8041],
      oxford_flowers: [102, 4093, 1633, 2463],
      food101: [101, 50500, 20200, 30300],
      fgvc_aircraft: [100, 3334, 3333, 3333],
      sun397: [397, 15880, 3970, 19850],
      dtd: [47, 2820, 1128, 1692],
      eurosat: [10, 13500, 5400, 8100],
      ucf101: [101, 7639, 1898, 3783],
      imagenetv2: [1000, 0, 0, 10000],
      imagenet_sketch: [1000, 0, 0, 50889],
      imagenet_a: [200, 0, 0, 7500],
      imagenet_r: [200, 0, 0, 30000],
    });
    assert.equal(
      Object.keys(DATASETS).length,
      PAPER_SETS.length + IMAGENET_SHIFTS.length + ICON_SUITE.length + ICON_SHIFTS.length,
    );
  });

  it('state where they come from, whom to cite, and where their files lie', () => {
    for (const key of [...PAPER_SETS, ...IMAGENET_SHIFTS]) {
      const { homePage, citation, licence, disk, prompt, mirrors, targetOf } = datasetAdapter(key);
      assert.match(homePage, /^https:\/\//);
      assert.match(citation!, /(19|20)\d\d/);
      assert.ok(licence.length > 0 && disk!.pictureFolders.length > 0, key);
      assert.match(prompt, /^[^{}]*\{\}[^{}]*$/);
      assert.ok(mirrors);
      assert.equal(targetOf, (IMAGENET_SHIFTS as readonly string[]).includes(key) ? 'imagenet' : null);
    }
  });
});

describe('a dataset that can not be read', () => {
  it('is refused without --data, and where its folder is not under it', async () => {
    await assert.rejects(loadDataset('dtd'), refused('DATA_NOT_GIVEN', /--data DIR/, /dtd\//));
    const empty = join(root, 'empty');
    mkdirSync(empty);
    await assert.rejects(
      loadDataset('dtd', from(empty)),
      refused('DATASET_MISSING', /an empty folder/, /vgg\/data\/dtd/),
    );
    mkdirSync(join(root, 'other', 'eurosat'), { recursive: true });
    await assert.rejects(
      loadDataset('dtd', from(join(root, 'other'))),
      refused('DATASET_MISSING', /found: +eurosat/),
    );
  });

  it('is told that --data names the dataset itself', async () => {
    const itself = join(root, 'dtd');
    mkdirSync(join(itself, 'images'), { recursive: true });
    await assert.rejects(
      loadDataset('dtd', from(itself)),
      refused('DATASET_MISSING', /give the folder that holds it/),
    );
  });

  it('is refused with neither split file nor annotations, both named', async () => {
    const folder = join(root, 'lists');
    mkdirSync(join(folder, 'sun397', 'SUN397'), { recursive: true });
    writeFileSync(join(folder, 'sun397', 'ClassName.txt'), '/a/abbey\n');
    await assert.rejects(
      loadDataset('sun397', from(folder)),
      refused('SPLIT_MISSING', /split_zhou_SUN397\.json/, /no Training_01\.txt, no Testing_01\.txt/),
    );
    const survey = surveyDataset(datasetAdapter('sun397'), folder);
    assert.deepEqual(
      [survey.status, survey.split, survey.missing],
      ['incomplete', null, ['split_zhou_SUN397.json', 'Training_01.txt', 'Testing_01.txt']],
    );
  });

  const lists: readonly [string, string, Record<string, string>, ...RegExp[]][] = [
    [
      'a picture in a folder that is no class',
      'sun397',
      {
        'ClassName.txt': '/a/abbey\n/c/church/outdoor\n',
        'Training_01.txt': '/a/abbey/sun_1.jpg\n/b/barn/sun_2.jpg\n',
        'Testing_01.txt': '/a/abbey/sun_3.jpg\n',
      },
      /Training_01\.txt, line 2/,
      /ClassName\.txt lists/,
    ],
    [
      'a line of another shape',
      'oxford_pets',
      {
        'annotations/trainval.txt': '# header\nAbyssinian_1 1 1\n',
        'annotations/test.txt': 'Abyssinian_2 1 1 1\n',
      },
      /trainval\.txt, line 2/,
      /Abyssinian_1 1 1/,
    ],
    [
      'a label that no picture has',
      'oxford_pets',
      {
        'annotations/trainval.txt': [1, 2, 3, 4, 5].map((i) => `Abyssinian_${i} 2 1 1\n`).join(''),
        'annotations/test.txt': 'Abyssinian_9 2 1 1\n',
      },
      /none of label 0/,
    ],
    [
      'an action that is not listed',
      'ucf101',
      {
        'ucfTrainTestlist/classInd.txt': '1 Archery\n',
        'ucfTrainTestlist/trainlist01.txt': 'Diving/v_Diving_g01_c01.avi 2\n',
        'ucfTrainTestlist/testlist01.txt': 'Archery/v_Archery_g01_c01.avi\n',
      },
      /trainlist01\.txt, line 1/,
      /classInd\.txt lists/,
    ],
    [
      'a variant that is not listed',
      'fgvc_aircraft',
      {
        'variants.txt': '707-320\n',
        'images_variant_train.txt': '0001 A300 B4\n',
        'images_variant_val.txt': '0002 707-320\n',
        'images_variant_test.txt': '0003 707-320\n',
      },
      /images_variant_train\.txt, line 1/,
      /variants\.txt lists/,
    ],
    [
      'an empty list',
      'fgvc_aircraft',
      {
        'variants.txt': '\n',
        'images_variant_train.txt': '',
        'images_variant_val.txt': '',
        'images_variant_test.txt': '',
      },
      /variants\.txt/,
      /an empty file/,
    ],
  ];
  for (const [i, [what, key, files, ...words]] of lists.entries()) {
    it(`is refused with ${what} in its lists, by file and line`, async () => {
      const folder = join(root, `case-${i}`, datasetAdapter(key).disk!.folder);
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(folder, name, '..'), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      await assert.rejects(
        loadDataset(key, from(join(root, `case-${i}`))),
        refused('ANNOTATION_DAMAGED', ...words),
      );
    });
  }
});

describe('a target', () => {
  it('has no halves: its training labels would be cut, and it has none', async () => {
    await assert.rejects(
      loadDataset('icons_pixel', { ...EMBEDDED_ONLY, subsample: 'base' }),
      refused('NOT_A_SOURCE', /the base classes of icons_pixel/),
    );
  });

  const source = {
    key: 'source',
    classNames: ['crane', 'owl', 'crane', 'cat'],
    classIds: ['n1', 'n2', 'n3', 'n4'],
    test: [],
  } as unknown as Dataset;
  const datum = (label: number) =>
    ({ picture: { kind: 'file', folder: '', name: `${label}.jpg` }, label }) as const;
  const target = (classIds: string[], classNames: string[]) =>
    ({
      key: 'target',
      classNames,
      classIds,
      test: classIds.map((_, label) => datum(label)),
    }) as unknown as Dataset;

  it('with a part of the classes is labelled as its source, by ids where names are not enough', () => {
    const aligned = inClassesOf(target(['n3', 'n4'], ['crane', 'cat']), source);
    assert.deepEqual(
      aligned.test.map(({ label, picture }) => [label, picture.name]),
      [
        [2, '0.jpg'],
        [3, '1.jpg'],
      ],
    );
    assert.deepEqual(aligned.classNames, source.classNames);
    assert.deepEqual(coveredLabels(aligned), [2, 3]);
  });

  it('with a class that its source does not have is refused', () => {
    assert.throws(
      () => inClassesOf(target(['n3', 'n9'], ['crane', 'dog']), source),
      refused('OTHER_CLASSES', /target as a target of source/, /n9/),
    );
    const { classIds: _, ...nameless } = target(['n3'], ['crane']);
    assert.throws(
      () => inClassesOf(nameless as Dataset, source),
      refused('OTHER_CLASSES', /two classes of one name/),
    );
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPaperReference } from '../../../benchmarks/index.ts';
import { parsePaperReference } from '../../../src/report/index.ts';
import { paperBackbone, publishedEntry } from '../../../src/report/paper/lookup.ts';

const reference = parsePaperReference(readPaperReference());

/** Value of a place, with a dagger where it is in doubt; null for a dash, `none` where the paper has no such thing. */
function read(backbone: string, method: string, shots: number, dataset: string, target = dataset) {
  const found = publishedEntry(reference, { backbone, method, shots, dataset, target });
  if (found === null) return 'none';
  const { entry, doubt } = found;
  return entry.mean === null ? null : `${entry.mean}${doubt === null ? '' : '†'} ${entry.source}`;
}

test('few-shot numbers are those of the paper’s curves', () => {
  // Figure 3 on EuroSAT, OxfordPets and ImageNet, as the workbook behind it has them.
  assert.equal(read('RN50', 'coop_m16_end', 16, 'eurosat'), '83.53 coop_workbook');
  assert.equal(read('RN50', 'coop_m16_mid_csc', 1, 'oxford_pets'), '65.07 coop_workbook');
  assert.equal(read('RN50', 'linear_probe', 4, 'imagenet'), '41.29 coop_workbook');
  assert.equal(read('RN50', 'zeroshot', 0, 'eurosat'), '37.56 coop_workbook');
  assert.equal(read('ViT-B/16', 'zeroshot', 0, 'oxford_pets'), '89.21 sharpzo');
});

test('numbers of domain shift go by the set that is scored', () => {
  assert.equal(read('RN50', 'zeroshot', 0, 'imagenet', 'imagenet_r'), '56 hc');
  assert.equal(read('ViT-B/16', 'linear_probe', 16, 'imagenet', 'imagenet_a'), '35.68 hc');
  assert.equal(read('RN101', 'coop_m16_end', 16, 'imagenet'), '66.6 tip_paper');
  assert.equal(read('RN101', 'linear_probe', 16, 'imagenet'), '59.75 hc');
  // The paper measures shifts at 16 shots only.
  assert.equal(read('ViT-B/16', 'linear_probe', 4, 'imagenet', 'imagenet_a'), null);
});

test('a number whose variant was deduced, or that others report, carries a dagger', () => {
  assert.equal(read('RN50', 'coop_m4_end', 16, 'imagenet', 'imagenet_a'), '23.06† tpt');
  assert.equal(read('RN50', 'coop_m4_end', 16, 'imagenet'), '63.33† tpt');
  assert.equal(read('ViT-B/16', 'zeroshot_ensemble7', 0, 'imagenet'), '68.73† tip_paper');
  assert.equal(read('RN50', 'zeroshot_ensemble80', 0, 'imagenet'), '59.82† openclip_csv');
});

test('what was not found is a dash, also for methods and variants the paper has no number of', () => {
  for (const method of ['coop_m8_end', 'coop_m4_end_init', 'text_bias', 'coop_m16_end:lr=0.02', 'own']) {
    assert.equal(read('RN50', method, 16, 'imagenet'), null, method);
  }
  assert.equal(read('RN50', 'coop_m16_end', 16, 'imagenet', 'imagenetv2'), null);
  assert.equal(read('RN101', 'zeroshot', 0, 'dtd'), null);
  assert.equal(read('RN50', 'coop_m16_end', 3, 'dtd'), null);
});

test('drawings, own pictures and other models have no published number at all', () => {
  assert.equal(read('RN50', 'zeroshot', 0, 'icons'), 'none');
  assert.equal(read('icon-clip-rn', 'zeroshot', 0, 'eurosat'), 'none');
  assert.equal(read('RN50', 'zeroshot', 0, 'eurosat', 'imagenet_a'), 'none');
  assert.equal(read('RN50', 'zeroshot', 0, 'constructor'), 'none');
});

test('a backbone is known however people write it', () => {
  const names = ['RN50', 'rn101', 'ViT-B/32', 'ViT-B-16', 'hf:laion/CLIP-ViT-B-32-laion2B', 'constructor'];
  assert.deepEqual(names.map(paperBackbone), ['rn50', 'rn101', 'vit_b32', 'vit_b16', null, null]);
});

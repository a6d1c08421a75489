import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DATASETS } from '../../datasets/index.ts';
import { methodConfig } from '../../src/methods/index.ts';

/** What the official lists hold, as patterns; see benchmarks/paper/README.md. */
interface Published {
  readonly dataset: Readonly<Record<string, string>>;
  readonly ensemble_7: readonly string[];
  readonly ensemble_80: readonly {
    readonly pattern: string;
    readonly articles: readonly string[];
    readonly words?: readonly string[];
  }[];
}

const published = JSON.parse(
  readFileSync(new URL('../../benchmarks/paper/templates.json', import.meta.url), 'utf8'),
) as Published;

const promptsOf = (key: string, dataset: string): readonly string[] =>
  methodConfig(key, { shots: 1, epochs: 'paper', views: 1, dataset, prompts: ['own {}.'] })
    .prompts as readonly string[];

test('the ensembles are the published ones; outside ImageNet the own prompt joins the seven', () => {
  assert.deepEqual(promptsOf('zeroshot_ensemble7', 'imagenet'), published.ensemble_7);
  assert.deepEqual(promptsOf('zeroshot_ensemble7', 'dtd'), [...published.ensemble_7, 'own {}.']);
  const eighty = published.ensemble_80.flatMap(({ pattern, articles, words = [''] }) =>
    words.flatMap((word) =>
      articles.map((article) => pattern.replaceAll('{x}', word).replaceAll('{a}', article)),
    ),
  );
  assert.equal(new Set(eighty).size, 80);
  assert.deepEqual([...promptsOf('zeroshot_ensemble80', 'dtd')].sort(), eighty.sort());
});

test("every set of the paper has the official code's prompt", () => {
  assert.equal(Object.keys(published.dataset).length, 15);
  for (const [key, prompt] of Object.entries(published.dataset)) {
    assert.equal(DATASETS[key as keyof typeof DATASETS].prompt, prompt, key);
  }
});

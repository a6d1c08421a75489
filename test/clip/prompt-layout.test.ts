import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  chunkLayout,
  coopPrompts,
  layOutPrompts,
  type Prompt,
  type PromptLayout,
  packedRows,
  Tokenizer,
} from '../../src/clip/index.ts';
import { cutLayout, packedOrder } from '../../src/clip/prompt-layout.ts';
import type { ClassTokenPosition } from '../../src/config/cell.ts';
import { unpack } from './prompt-oracle.ts';

const tokenizer = new Tokenizer();
/** Every word is one token of CLIP's vocabulary; "St." merges with the full stop. */
const CLASS_NAMES = ['black cat', 'dog', 'white dog', 'cat', 'a photo of a dog', 'St.'];

function layOut(
  names: readonly string[],
  nCtx: number,
  position: ClassTokenPosition,
  csc = false,
): { prompts: Prompt[]; layout: PromptLayout } {
  const prompts = coopPrompts(tokenizer, names, { nCtx, position, contextLength: 77 });
  return { prompts, layout: layOutPrompts(prompts, csc) };
}

/** Length of each bucket's suffixes and the classes in it. */
const bucketsOf = ({ buckets }: PromptLayout) => buckets.map(({ length, prompts }) => [length, prompts]);

describe('layOutPrompts', () => {
  it('shares all of a unified context at the end; buckets go by the length of the name', () => {
    const { layout } = layOut(CLASS_NAMES, 4, 'end');
    assert.equal(layout.prefix.length, 4);
    // "St." takes its full stop into the name: two tokens and EOT, as "dog", "." and EOT.
    assert.deepEqual(bucketsOf(layout), [
      [3, [1, 3, 5]],
      [4, [0, 2]],
      [7, [4]],
    ]);
    assert.equal(packedRows(layout), 1 + 4 + 3 * 3 + 2 * 4 + 7);
  });

  it('shares ⌊M/2⌋ vectors in the middle; what is context at another place is another bucket', () => {
    const { layout } = layOut(CLASS_NAMES, 5, 'middle');
    assert.equal(layout.prefix.length, 2);
    assert.deepEqual(bucketsOf(layout), [
      [6, [1, 3]],
      [6, [5]],
      [7, [0, 2]],
      [10, [4]],
    ]);
  });

  it('shares nothing in front, and nothing class-specific', () => {
    for (const [position, csc] of [
      ['front', false],
      ['front', true],
      ['middle', true],
      ['end', true],
    ] as const) {
      const { layout } = layOut(CLASS_NAMES, 4, position, csc);
      assert.deepEqual([layout.prefix, layout.csc], [[], csc], `${position} ${csc}`);
    }
  });

  it('shares the first words that all names have, also class-specific in front', () => {
    const names = ['black cat', 'black dog', 'black white dog'];
    const black = tokenizer.encode('black');
    assert.equal(black.length, 1);
    assert.equal(layOut(names, 4, 'end').layout.prefix.length, 4 + 1);
    assert.deepEqual(layOut(names, 4, 'front').layout.prefix, black);
    assert.deepEqual(layOut(names, 4, 'front', true).layout.prefix, black);
    assert.deepEqual(layOut(names, 4, 'middle', true).layout.prefix, []);
  });

  it('leaves at least EOT in every suffix', () => {
    const { prompts, layout } = layOut(['dog'], 4, 'end');
    assert.equal(layout.prefix.length, 4 + 2);
    assert.deepEqual(layout.buckets, [{ length: 1, prompts: [0], suffixes: [[tokenizer.eot]] }]);
    assert.equal(packedRows(layout), 1 + prompts[0]!.length);
    const same = layOut(['dog', 'dog', 'dog'], 4, 'end').layout;
    assert.deepEqual(bucketsOf(same), [[1, [0, 1, 2]]]);
  });

  it('packs at most what the longest prompts need and loses nothing', () => {
    for (const position of ['end', 'middle', 'front'] as const) {
      for (const csc of [false, true]) {
        const { prompts, layout } = layOut(CLASS_NAMES, 7, position, csc);
        assert.deepEqual(unpack(layout), prompts);
        for (const { length, suffixes } of layout.buckets) {
          for (const suffix of suffixes) {
            assert.equal(suffix.length, length);
            assert.equal(suffix.at(-1), tokenizer.eot);
            assert.deepEqual(
              suffix.map((element) => (element < 0 ? element : 0)),
              suffixes[0]!.map((element) => (element < 0 ? element : 0)),
            );
          }
        }
      }
    }
  });
});

const EOT = 9;
/** Prompts of up to 6 tokens with up to 3 context vectors in a row somewhere, over a small vocabulary. */
const prompt = fc
  .tuple(
    fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
    fc.nat({ max: 3 }),
    fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
  )
  .map(([before, nCtx, after]) => [
    ...before,
    ...Array.from({ length: nCtx }, (_, m) => -1 - m),
    ...after,
    EOT,
  ]);

describe('chunkLayout', () => {
  it('places every prompt exactly once, in chunks that all have one shape', () => {
    fc.assert(
      fc.property(
        fc.array(prompt, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 14 }),
        (prompts, csc, chunkCount) => {
          const layout = layOutPrompts(prompts, csc);
          const chunks = chunkLayout(layout, chunkCount);
          assert.equal(chunks.length, chunkCount);
          const shapes = chunks.map((chunk) =>
            chunk.layout.buckets.map(({ length, prompts: places, suffixes }) => [
              length,
              places,
              suffixes[0]!.map((element) => Math.min(element, 0)),
            ]),
          );
          for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
          const placed: number[] = [];
          for (const chunk of chunks) {
            assert.equal(chunk.layout.csc, csc);
            assert.equal(chunk.places.length, chunk.layout.promptCount);
            const whole = unpack(chunk.layout);
            chunk.places.forEach((original, place) => {
              if (original < 0) return;
              placed.push(original);
              assert.deepEqual(whole[place], prompts[original]);
            });
          }
          assert.deepEqual(
            placed.sort((a, b) => a - b),
            prompts.map((_, k) => k),
          );
        },
      ),
    );
  });

  it('fills less than one place a bucket and chunk', () => {
    const { layout } = layOut(CLASS_NAMES, 4, 'end');
    const chunks = chunkLayout(layout, 2);
    assert.deepEqual(
      chunks.map(({ places }) => places),
      [
        [1, 3, 0, 4],
        [5, -1, 2, -1],
      ],
    );
  });

  it('with one chunk keeps the packed order', () => {
    const { layout } = layOut(CLASS_NAMES, 4, 'end');
    const [only] = chunkLayout(layout, 1);
    assert.deepEqual(only!.places, [1, 3, 5, 0, 2, 4]);
    assert.equal(packedRows(only!.layout), packedRows(layout));
  });
});

describe('a layout cut into pieces', () => {
  const prompts = Array.from({ length: 40 }, (_, k) =>
    Array.from({ length: 3 + (k % 5) }, (_, i) => 10 * k + i),
  );
  const layout = layOutPrompts(prompts, true);

  for (const mostRows of [7, 20, 64, 1000]) {
    it(`holds every prompt once, in packed order, at most ${mostRows} rows each`, () => {
      const pieces = cutLayout(layout, mostRows);
      const found = pieces.flatMap(({ buckets }) => buckets.flatMap(({ suffixes }) => suffixes));
      assert.deepEqual(
        found,
        packedOrder(layout).map((prompt) => prompts[prompt]),
      );
      for (const { buckets, promptCount } of pieces) {
        const rows = buckets.reduce((sum, { suffixes, length }) => sum + suffixes.length * length, 0);
        assert.ok(rows <= mostRows, `${rows} rows`);
        if (pieces.length === 1) continue;
        assert.deepEqual(
          buckets.flatMap((bucket) => bucket.prompts),
          Array.from({ length: promptCount }, (_, i) => i),
        );
      }
    });
  }
});

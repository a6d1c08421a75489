import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EpochPolicy, UserError } from '../../src/config/index.ts';
import {
  type CoOpConfig,
  checkMethodKey,
  METHOD_KEYS,
  methodConfig,
  methodTitle,
} from '../../src/methods/index.ts';

const context = {
  shots: 16,
  epochs: 'suite',
  views: 8,
  dataset: 'icons',
  prompts: ['a photo of a {}.'],
} as const;

function epochs(policy: EpochPolicy, shots: number): number {
  const config = methodConfig('coop_m16_end', { ...context, epochs: policy, shots });
  assert.equal(config.kind, 'coop');
  return (config as CoOpConfig).epochs;
}

describe('epochs by shots', () => {
  // CoOp, IJCV 2022, section 4.1: 200 for 16 and 8 shots, 100 for 4 and 2, 50 for 1.
  const tables: readonly (readonly [EpochPolicy, readonly number[]])[] = [
    ['suite', [50, 50, 50, 25, 25]],
    ['paper', [50, 100, 100, 200, 200]],
    [7, [7, 7, 7, 7, 7]],
  ];
  for (const [policy, expected] of tables) {
    it(`${policy}: ${expected.join(', ')} for 1, 2, 4, 8, 16`, () => {
      assert.deepEqual(
        [1, 2, 4, 8, 16].map((shots) => epochs(policy, shots)),
        expected,
      );
    });
  }

  it('other shots take the next lower value of the table', () => {
    assert.deepEqual(
      [3, 7, 9, 32].map((shots) => epochs('paper', shots)),
      [100, 100, 200, 200],
    );
    assert.deepEqual(
      [3, 7, 9, 32].map((shots) => epochs('suite', shots)),
      [50, 50, 25, 25],
    );
  });
});

describe('methodConfig', () => {
  it("has the values of CoOp's published configuration", () => {
    assert.deepEqual(methodConfig('coop_m16_end', context), {
      kind: 'coop',
      key: 'coop_m16_end',
      version: 2,
      nCtx: 16,
      position: 'end',
      csc: false,
      ctxInit: null,
      epochs: 25,
      batchSize: 32,
      learningRate: 0.002,
      momentum: 0.9,
      weightDecay: 0.0005,
      warmupEpochs: 1,
      warmupLearningRate: 0.00001,
      views: 8,
    });
  });

  const variants: readonly (readonly [string, Partial<CoOpConfig>])[] = [
    ['coop_m16_mid', { nCtx: 16, position: 'middle', csc: false, ctxInit: null }],
    ['coop_m16_front', { nCtx: 16, position: 'front', csc: false, ctxInit: null }],
    ['coop_m16_end_csc', { nCtx: 16, position: 'end', csc: true, ctxInit: null }],
    ['coop_m16_mid_csc', { nCtx: 16, position: 'middle', csc: true, ctxInit: null }],
    ['coop_m8_end', { nCtx: 8, position: 'end', csc: false, ctxInit: null }],
    ['coop_m4_end', { nCtx: 4, position: 'end', csc: false, ctxInit: null }],
    ['coop_m4_end_init', { nCtx: 4, position: 'end', csc: false, ctxInit: 'a photo of a' }],
    ['coop_m1_front_csc', { nCtx: 1, position: 'front', csc: true, ctxInit: null }],
  ];
  for (const [key, expected] of variants) {
    it(`reads ${key}`, () => {
      const { nCtx, position, csc, ctxInit } = methodConfig(key, context) as CoOpConfig;
      assert.deepEqual({ nCtx, position, csc, ctxInit }, expected);
    });
  }

  it('passes views and prompts on', () => {
    assert.equal((methodConfig('coop_m4_end', { ...context, views: 'fresh' }) as CoOpConfig).views, 'fresh');
    assert.deepEqual(methodConfig('zeroshot', { ...context, prompts: ['{}', 'a {}'] }), {
      kind: 'zeroshot',
      key: 'zeroshot',
      version: 1,
      prompts: ['{}', 'a {}'],
    });
    assert.deepEqual(methodConfig('linear_probe', context), {
      kind: 'linear_probe',
      key: 'linear_probe',
      version: 2,
    });
  });
});

describe('fine-tuning methods', () => {
  const rates = [
    ['finetune_image', 'Image encoder fine-tuning', [1e-5, 1e-4, 1e-3]],
    ['text_layer', 'Text transformation layer', [1e-3, 1e-2, 1e-1]],
    ['text_bias', 'Text bias', [1e-3, 1e-2, 1e-1]],
  ] as const;
  for (const [key, title, learningRates] of rates) {
    it(`${key} has CoOp's SGD, three learning rates and the dataset's prompt`, () => {
      assert.equal(methodTitle(key), title);
      const { learningRate: _, ...sgd } = methodConfig('coop_m16_end', context) as CoOpConfig;
      const { nCtx, position, csc, ctxInit, ...settings } = sgd;
      const own = { kind: key, key, version: 1, prompt: 'a photo of a {}.', learningRates };
      assert.deepEqual(methodConfig(key, context), { ...settings, ...own });
    });
  }

  it('take one learning rate behind the key', () => {
    const { learningRates } = methodConfig('text_layer:lr=0.5', context);
    assert.deepEqual(learningRates, [0.5]);
  });
});

describe('an unknown method', () => {
  const cases: readonly (readonly [string, RegExp | null])[] = [
    ['coop_m16_ned', /did you mean .*coop_m16_end/],
    ['zero-shot', /did you mean zeroshot/],
    ['linearprobe', /did you mean linear_probe/],
    ['coop_m16_end_init', /did you mean/],
    ['coop_m16_middle', /did you mean/],
    ['coop_m0_end', /did you mean/],
    ['coop_m100_end', /did you mean/],
    ['coop_m16_end_csc_init', /did you mean/],
    ['COOP_M16_END', /did you mean coop_m16_end/],
    ['prompt of another kind', null],
    ['', null],
  ];
  for (const [key, hint] of cases) {
    it(`${JSON.stringify(key)} is refused${hint ? ' with near names' : ''}`, () => {
      for (const refuse of [() => checkMethodKey(key), () => methodConfig(key, context)]) {
        assert.throws(refuse, (error) => {
          assert.ok(error instanceof UserError);
          assert.equal(error.code, 'UNKNOWN_METHOD');
          assert.ok(error.message.startsWith(`method ${JSON.stringify(key)}\n`));
          assert.match(error.message, /expected: one of zeroshot, .*linear_probe, .*coop_m16_end, /);
          if (hint) assert.match(error.message, hint);
          else assert.doesNotMatch(error.message, /did you mean/);
          return true;
        });
      }
    });
  }
});

describe('methodTitle', () => {
  it('has words for every listed method, no two alike', () => {
    const titles = METHOD_KEYS.map((key) => methodTitle(key));
    titles.forEach((title, i) => {
      assert.notEqual(title, METHOD_KEYS[i]);
      assert.match(title, /^[A-Z]/);
      checkMethodKey(METHOD_KEYS[i]!);
    });
    assert.equal(new Set(titles).size, METHOD_KEYS.length);
  });

  it('says what a variant is', () => {
    assert.equal(methodTitle('coop_m16_end'), 'CoOp (M = 16, end)');
    assert.equal(methodTitle('coop_m16_mid_csc'), 'CoOp (M = 16, middle, class-specific)');
    assert.equal(methodTitle('coop_m4_end_init'), 'CoOp (M = 4, end, from “a photo of a”)');
  });

  it('shows a key it does not know as it is', () => {
    assert.equal(methodTitle('of an older version'), 'of an older version');
  });
});

describe('settings behind a key', () => {
  it('have one spelling, whatever their order and digits', () => {
    for (const key of [
      'coop_m4_end:views=08:lr=2e-2',
      'coop_m4_end:lr=0.02:views=8',
      'coop_m4_end:lr=.020:views=8',
    ]) {
      const config = methodConfig(key, context);
      assert.equal(config.key, 'coop_m4_end:lr=0.02:views=8');
      assert.deepEqual([config.learningRate, config.views], [0.02, 8]);
    }
    assert.equal(methodTitle('coop_m4_end:lr=0.02'), 'CoOp (M = 4, end), learning rate 0.02');
    assert.equal(methodTitle('coop_m4_end:views=fresh'), 'CoOp (M = 4, end), fresh crops');
    assert.equal(methodTitle('coop_m4_end:views=4'), 'CoOp (M = 4, end), 4 fixed crops');
  });

  for (const [key, words] of [
    ['coop_m4_end:lr=0.02:lr=0.1', /lr twice/],
    ['coop_m4_end:lr=-1', /a number above 0/],
    ['coop_m4_end:speed=2', /NAME one of lr, views, epochs/],
    ['zeroshot:lr=2', /has no settings to change/],
  ] as const) {
    it(`${key} is refused`, () => {
      assert.throws(() => methodConfig(key, context), words);
    });
  }
});

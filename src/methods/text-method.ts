import { fillTemplate, textPrompts } from '../clip/index.ts';
import type { MethodConfig } from '../config/index.ts';
import { chooseRate, countCorrect } from './choose-rate.ts';
import { linearScorer } from './classify.ts';
import { batchSizeFor } from './coop.ts';
import { argmaxRows } from './linear-classifier.ts';
import type { Fit, FittedMethod, Method, TaskSize } from './method.ts';
import { promptFlops } from './prompt-flops.ts';
import { cropReads } from './sgd-settings.ts';
import { applyTextPart, compileTextTuning, startTextPart, type TextPart } from './text-tuning.ts';
import { checkTrained, stepsPerEpoch, trainEpochs } from './train-loop.ts';
import { TUNING_TUNABLE, TUNING_WORDS, type TuningSettings, tuningSettings } from './tuning-settings.ts';
import { checkTemplates, encodeTexts, normalizeRows } from './zero-shot.ts';

/** Something learned on top of the text features of a hand-made prompt. */
export interface TextConfig extends MethodConfig, TuningSettings {}

/** Operations of one step: scores, their way back, and for a layer its two products. */
function stepFlops(part: TextPart, batch: number, classes: number, embedDim: number): number {
  const scores = 4 * batch * classes * embedDim;
  return part === 'layer' ? scores + 4 * classes * embedDim ** 2 : scores;
}

function work(part: TextPart, config: TextConfig, { classNames, train, embedDim, ...size }: TaskSize) {
  const { prompt, epochs, learningRates, views } = config;
  const prompts = textPrompts(size.tokenizer, fillTemplate(prompt, classNames), size.text.contextLength);
  const batch = batchSizeFor(train, config.batchSize);
  const calls = learningRates.length * epochs * stepsPerEpoch(train, config.batchSize);
  return {
    flops:
      promptFlops(prompts, false, size.text) + calls * stepFlops(part, batch, classNames.length, embedDim),
    calls,
    textGraphs: 1,
    numbers: 0,
    freshPictures: views === 'fresh' ? calls * batch : 0,
  };
}

/** Class weights of a fit: the text features under what was learned, rows of length 1. */
async function fit(part: TextPart, { config, source }: Fit<TextConfig>): Promise<FittedMethod> {
  const { towers, classNames, train, val, seed } = source;
  const { engine, text: textTower, tokenizer, classifier } = towers;
  const { embedDim } = towers.checkpoint.architecture;
  const classCount = classNames.length;
  const batchSize = batchSizeFor(train.labels.length, config.batchSize);
  const program = await towers.program([config.kind, classCount, batchSize].join(' '), () =>
    compileTextTuning(engine, { part, logitScale: towers.logitScale, classCount, embedDim, batchSize }),
  );
  const text = await encodeTexts(engine, textTower, tokenizer, fillTemplate(config.prompt, classNames));
  const pictures = await train.cropFeatures(config.views);
  const validation = await val.features();
  const bias = new Float32Array(classCount);
  const { learningRates, epochs } = config;

  const { fitted, details } = await chooseRate({
    rates: learningRates,
    validationCount: val.labels.length,
    fit: async (learningRate, i) => {
      const state = startTextPart(part, embedDim);
      const training = await trainEpochs({
        config: { ...config, learningRate },
        seed,
        pictures,
        labels: train.labels,
        step: async ({ rows, labels }, settings) => {
          const feeds = { image_features: rows, text_features: text, labels };
          const { loss, logits } = await program.step(state, feeds, settings);
          return { loss, correct: countCorrect(argmaxRows(logits, classCount), labels) };
        },
        onEpoch: (epoch, loss) =>
          source.progress(
            (i + (epoch + 1) / epochs) / learningRates.length,
            `rate ${learningRate}, epoch ${epoch + 1} of ${epochs}, loss ${loss.toFixed(3)}`,
          ),
        beforeStep: () => source.throwIfCancelled(),
      });
      checkTrained(state.params, learningRate);
      const weights = normalizeRows(await applyTextPart(engine, part, text, state), embedDim);
      const predicted = await classifier.predict(validation, weights, bias);
      return { fitted: weights, training, correct: countCorrect(predicted, val.labels) };
    },
  });
  return { ...linearScorer(classifier, fitted, bias), details };
}

/** A method that learns a part on top of frozen text features; the image tower stays as it is. */
export function textMethod(own: {
  readonly part: TextPart;
  readonly key: string;
  readonly title: string;
  readonly version: number;
  readonly learningRates: readonly number[];
}): Method<TextConfig> {
  const { part, key: kind, title, version, learningRates } = own;
  return {
    kind,
    title,
    keys: [kind],
    learns: true,
    words: { ...TUNING_WORDS, version: { name: 'version of the method', value: String } },
    tunable: TUNING_TUNABLE,
    configure: (key, context) =>
      key === kind ? { kind, key, version, ...tuningSettings(context, learningRates) } : null,
    titleOf: () => title,
    reads: ({ views }) => ({ train: cropReads(views), val: true, test: true }),
    work: (config, size) => work(part, config, size),
    check: ({ prompt }, task) => checkTemplates([prompt], task),
    fit: (one) => fit(part, one),
  };
}

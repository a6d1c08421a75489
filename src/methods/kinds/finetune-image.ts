import { fillTemplate, textPrompts } from '../../clip/index.ts';
import type { MethodConfig } from '../../config/index.ts';
import { chooseRate, countCorrect } from '../choose-rate.ts';
import { batchSizeFor } from '../coop.ts';
import { batchFor } from '../image-encoder.ts';
import { ImageTuner, rowsFor } from '../image-tuner.ts';
import type { Fit, FittedMethod, Method, TaskSize } from '../method.ts';
import { PixelClassifier } from '../pixel-classifier.ts';
import { promptFlops } from '../prompt-flops.ts';
import { checkTrained, stepsPerEpoch, trainEpochs } from '../train-loop.ts';
import { TUNING_TUNABLE, TUNING_WORDS, type TuningSettings, tuningSettings } from '../tuning-settings.ts';
import { checkTemplates, encodeTexts } from '../zero-shot.ts';

/** Raised on purpose when the method's numbers change. */
const VERSION = 1;

const LEARNING_RATES = [1e-5, 1e-4, 1e-3];

interface FinetuneConfig extends MethodConfig, TuningSettings {
  readonly kind: 'finetune_image';
}

/** The gradient towards the activations, and that towards the weights: each about as much as the way there. */
const WAYS_BACK = 2;

/** Gradients of small convolutions are slower than the way there: a quarter of its rate at 64 px, two thirds at 224. */
const REACHED = 0.45;

function work(config: FinetuneConfig, { classNames, train, val, pictureFlops, text, tokenizer }: TaskSize) {
  const prompts = textPrompts(tokenizer, fillTemplate(config.prompt, classNames), text.contextLength);
  const rates = config.learningRates.length;
  const batch = batchSizeFor(train, config.batchSize);
  const calls = rates * config.epochs * stepsPerEpoch(train, config.batchSize);
  return {
    flops: promptFlops(prompts, false, text) + WAYS_BACK * calls * batch * pictureFlops,
    reached: REACHED,
    calls,
    textGraphs: 1,
    numbers: 0,
    freshPictures: calls * batch + rates * val,
  };
}

/** Compiled once for all cells with as many classes. */
function tunerFor({
  config,
  source: { towers, classNames, train },
}: Fit<FinetuneConfig>): Promise<ImageTuner> {
  const { checkpoint: model, logitScale, engine } = towers;
  const rows = rowsFor(model, batchSizeFor(train.labels.length, config.batchSize));
  const classCount = classNames.length;
  return towers.program(['finetune_image', classCount, rows].join(' '), () =>
    ImageTuner.compile(engine, { model, logitScale, classCount, rows }),
  );
}

async function fit(one: Fit<FinetuneConfig>): Promise<FittedMethod> {
  const { config, source } = one;
  const { towers, classNames, train, val, seed } = source;
  const { engine, checkpoint } = towers;
  const { learningRates, epochs, prompt } = config;
  const tuner = await tunerFor(one);
  const text = await encodeTexts(engine, towers.text, towers.tokenizer, fillTemplate(prompt, classNames));
  const pictures = await train.cropPixels(config.views);
  const batch = batchFor(checkpoint.architecture.vision.resolution);

  const { fitted, details } = await chooseRate({
    rates: learningRates,
    validationCount: val.labels.length,
    fit: async (learningRate, i) => {
      const state = tuner.start();
      const training = await trainEpochs({
        config: { ...config, learningRate },
        seed,
        pictures,
        labels: train.labels,
        step: ({ rows, labels }, settings) => tuner.step(state, text, { images: rows, labels }, settings),
        onEpoch: (epoch, loss) =>
          source.progress(
            (i + (epoch + 1) / epochs) / learningRates.length,
            `rate ${learningRate}, epoch ${epoch + 1} of ${epochs}, loss ${loss.toFixed(3)}`,
          ),
        beforeStep: () => source.throwIfCancelled(),
      });
      checkTrained(state.params, learningRate);
      const classifier = await PixelClassifier.compile(engine, tuner.tuned(state), text, batch);
      try {
        const predicted = await classifier.predict(val.labels.length, (indices) => {
          source.throwIfCancelled();
          return val.pixels(indices);
        });
        return { fitted: classifier, training, correct: countCorrect(predicted, val.labels) };
      } catch (error) {
        await classifier.dispose();
        throw error;
      }
    },
    discard: (classifier) => classifier.dispose(),
  });
  return {
    reads: 'pixels',
    batch,
    scores: (images, count) => fitted.scores(images, count),
    details,
    dispose: () => fitted.dispose(),
  };
}

/**
 * Fine-tuning of the image encoder: all its weights, batch normalisations' scale and shift among them, against the text
 * features of a hand-made prompt; statistics stay frozen.
 * Source: Zhou et al., IJCV 2022, arXiv 2109.01134, the comparison of fine-tuning methods.
 */
export const finetuneImage: Method<FinetuneConfig> = {
  kind: 'finetune_image',
  title: 'image encoder fine-tuning',
  keys: ['finetune_image'],
  learns: true,
  words: { ...TUNING_WORDS, version: { name: 'version of the method', value: String } },
  tunable: TUNING_TUNABLE,
  configure: (key, context) =>
    key === 'finetune_image'
      ? { kind: 'finetune_image', key, version: VERSION, ...tuningSettings(context, LEARNING_RATES) }
      : null,
  titleOf: () => 'Image encoder fine-tuning',
  reads: () => ({ train: null, val: 'pixels', test: false }),
  work,
  check: ({ prompt }, task) => checkTemplates([prompt], task),
  fit,
};

import { coopPrompts, layOutPrompts } from '../../clip/index.ts';
import type { ClassTokenPosition } from '../../config/index.ts';
import { linearScorer } from '../classify.ts';
import { batchSizeFor, type CoOpConfig, initialContext } from '../coop.ts';
import type { CoOpStepSpec } from '../coop-graph.ts';
import { type CoOpVariant, coopTitle, parseCoOpKey } from '../coop-key.ts';
import { compileCoOp } from '../coop-program.ts';
import { compileTogether, fitsTogether } from '../coop-together.ts';
import { type ContextFit, type CoOpFit, type FitHooks, fitContexts, fitCoOp } from '../coop-training.ts';
import type { Fit, FittedMethod, Method, TrainingSource } from '../method.ts';
import { nearestWords } from '../nearest-words.ts';
import { stepFlops } from '../prompt-flops.ts';
import { cropReads, SGD_TUNABLE, SGD_WORDS, sgdSettings } from '../sgd-settings.ts';
import { stepsPerEpoch } from '../train-loop.ts';
import { normalizeRows } from '../zero-shot.ts';

/** Raised on purpose when the method's numbers change. */
const VERSION = 2;

const POSITION_WORDS = {
  end: 'after the context',
  middle: 'in the middle of it',
  front: 'before the context',
} as const satisfies Record<ClassTokenPosition, string>;

/** Words listed for each learned context vector. */
const NEAREST_WORDS = 5;

/** Graphs of a fit: a step, forward and back, and the text features at its end. */
const TEXT_GRAPHS = 3;

/** What a step needs to know, of a source's classes and batch. */
function specOf({ config, source }: Fit<CoOpConfig>): CoOpStepSpec {
  const { towers, classNames, train } = source;
  const { nCtx, position, csc } = config;
  const { contextLength } = towers.text.architecture;
  const prompts = coopPrompts(towers.tokenizer, classNames, { nCtx, position, contextLength });
  return {
    layout: layOutPrompts(prompts, csc),
    text: towers.text,
    logitScale: towers.logitScale,
    nCtx,
    batchSize: batchSizeFor(train.labels.length, config.batchSize),
    embedDim: towers.checkpoint.architecture.embedDim,
  };
}

/** Everything a step's graph depends on besides the model: cells with one name share what is compiled. */
function programName({ config, source }: Fit<CoOpConfig>, fits: number): string {
  const { nCtx, position, csc, batchSize } = config;
  const batch = batchSizeFor(source.train.labels.length, batchSize);
  return ['coop', source.task, nCtx, position, csc, batch, fits].join(' ');
}

/** A fit as the training loop takes it. */
async function contextFit({ config, source }: Fit<CoOpConfig>): Promise<ContextFit> {
  const { towers, classNames, seed, train } = source;
  const { text, tokenizer } = towers;
  return {
    config,
    seed,
    start: initialContext(config, { classCount: classNames.length, seed, text, tokenizer }),
    features: await train.cropFeatures(config.views),
    labels: train.labels,
  };
}

/** What a training loop tells a source, and asks it. */
function hooks({ config, source }: Fit<CoOpConfig>): FitHooks {
  return {
    onEpoch: (epoch, loss) =>
      source.progress(
        (epoch + 1) / config.epochs,
        `epoch ${epoch + 1} of ${config.epochs}, loss ${loss.toFixed(3)}`,
      ),
    beforeStep: () => source.throwIfCancelled(),
  };
}

/** Fits of one shape, side by side in one graph. */
async function fitTogether(fits: readonly Fit<CoOpConfig>[]): Promise<FittedMethod[]> {
  const [first] = fits as [Fit<CoOpConfig>];
  const { towers } = first.source;
  const program = await towers.program(programName(first, fits.length), () =>
    compileTogether(towers.engine, specOf(first), fits.length),
  );
  const prepared: ContextFit[] = [];
  for (const fit of fits) prepared.push(await contextFit(fit));
  const learned = await fitContexts(prepared, program.step, hooks(first));
  const size = learned[0]!.ctx.length;
  const contexts = new Float32Array(fits.length * size);
  for (const [g, { ctx }] of learned.entries()) contexts.set(ctx, g * size);
  const features = await program.textFeatures(contexts);
  const own = features.length / fits.length;
  return fits.map((fit, g) => fitted(fit, learned[g]!, features.slice(g * own, (g + 1) * own)));
}

/** Nearest words of a context that all classes share. */
function wordsOf(config: CoOpConfig, ctx: Float32Array, { towers: { text, tokenizer } }: TrainingSource) {
  if (config.csc) return {};
  return {
    nearestWords: nearestWords({
      vectors: ctx,
      embeddings: text.tokenEmbedding.attributes.data as Float32Array,
      dim: text.architecture.width,
      tokenOf: (id) => tokenizer.tokenOf(id),
      count: NEAREST_WORDS,
    }),
  };
}

/** The classifier of learned prompts. @param features [K, E], of the prompts, not normalised. */
function fitted(
  { config, source }: Fit<CoOpConfig>,
  { ctx, lossPerEpoch, accuracyPerEpoch, steps }: CoOpFit,
  features: Float32Array,
): FittedMethod {
  const { towers, classNames } = source;
  const { width } = towers.text.architecture;
  const weights = normalizeRows(features, towers.checkpoint.architecture.embedDim);
  return {
    ...linearScorer(towers.classifier, weights, new Float32Array(classNames.length)),
    details: { lossPerEpoch, accuracyPerEpoch, steps, ...wordsOf(config, ctx, source) },
    context: {
      data: ctx,
      shape: config.csc ? [classNames.length, config.nCtx, width] : [config.nCtx, width],
    },
  };
}

/** Context optimisation: the words around the class name are learned. */
export const coop: Method<CoOpConfig> = {
  kind: 'coop',
  title: 'CoOp',
  keys: [
    'coop_m16_end',
    'coop_m16_mid',
    'coop_m16_front',
    'coop_m16_end_csc',
    'coop_m16_mid_csc',
    'coop_m8_end',
    'coop_m4_end',
    'coop_m4_end_init',
  ],
  pattern: 'coop_m<M>_<end|mid|front>[_csc]',
  learns: true,
  learnsPrompt: true,
  words: {
    nCtx: { name: 'context vectors M', value: String },
    position: { name: 'class name', value: (position) => POSITION_WORDS[position] },
    csc: { name: 'context', value: (csc) => (csc ? 'one for each class' : 'one for all classes') },
    ctxInit: { name: 'initial words', value: (words) => (words === null ? 'none: random' : `“${words}”`) },
    ...SGD_WORDS,
    version: { name: 'version of the method', value: String },
  },
  tunable: SGD_TUNABLE,
  configure(key, context) {
    const variant = parseCoOpKey(key);
    return variant && { kind: 'coop', key, version: VERSION, ...variant, ...sgdSettings(context) };
  },
  titleOf: (key) => coopTitle(parseCoOpKey(key) as CoOpVariant),
  reads: ({ views }) => ({ train: cropReads(views), val: false, test: true }),
  work(config, { classNames, text, tokenizer, train }) {
    const { nCtx, position, csc, views } = config;
    const prompts = coopPrompts(tokenizer, classNames, { nCtx, position, contextLength: text.contextLength });
    const calls = config.epochs * stepsPerEpoch(train, config.batchSize);
    const batch = batchSizeFor(train, config.batchSize);
    return {
      flops: calls * stepFlops(layOutPrompts(prompts, csc), text),
      calls,
      textGraphs: TEXT_GRAPHS,
      // Distances of every vector to every word.
      numbers: csc ? 0 : nCtx * text.vocabSize * text.width,
      freshPictures: views === 'fresh' ? calls * batch : 0,
    };
  },
  check(config, { classNames, text, tokenizer }) {
    const { contextLength } = text.architecture;
    coopPrompts(tokenizer, classNames, { ...config, contextLength });
    if (config.ctxInit === null) return;
    initialContext(config, { classCount: classNames.length, seed: 0, text, tokenizer });
  },
  async fit(fit) {
    const { towers } = fit.source;
    const program = await towers.program(programName(fit, 1), () => compileCoOp(towers.engine, specOf(fit)));
    const learned = await fitCoOp({ ...(await contextFit(fit)), ...hooks(fit), program });
    return fitted(fit, learned, await program.textFeatures(learned.ctx));
  },
  together: {
    group(config, { classNames, text, tokenizer, train }) {
      const { nCtx, position, csc, epochs, views, batchSize } = config;
      // New crops cost far more than a step's calls.
      if (views === 'fresh') return null;
      const { contextLength } = text;
      const prompts = coopPrompts(tokenizer, classNames, { nCtx, position, contextLength });
      const shape = [nCtx, position, csc, epochs, batchSizeFor(train, batchSize), train];
      return { shape: shape.join(' '), most: fitsTogether(prompts, csc) };
    },
    fit: fitTogether,
  },
};

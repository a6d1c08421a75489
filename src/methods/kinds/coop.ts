import { coopPrompts, layOutPrompts } from '../../clip/index.ts';
import type { ClassTokenPosition } from '../../config/index.ts';
import { linearScorer } from '../classify.ts';
import { batchSizeFor, type CoOpConfig, type CoOpFit, fitCoOp, initialContext } from '../coop.ts';
import { type CoOpProgram, compileCoOp } from '../coop-program.ts';
import type { Fit, FittedMethod, Method, TrainingSource } from '../method.ts';
import { nearestWords } from '../nearest-words.ts';
import { stepFlops } from '../prompt-flops.ts';
import { SGD_TUNABLE, SGD_WORDS, sgdSettings } from '../sgd-settings.ts';
import { normalizeRows } from '../zero-shot.ts';

/** Raised on purpose when the method's numbers change. */
const VERSION = 1;

/** Words that start the context in the paper's ablation of initialisation. */
const INITIAL_WORDS = 'a photo of a';

const POSITIONS = { end: 'end', mid: 'middle', front: 'front' } as const satisfies Record<
  string,
  ClassTokenPosition
>;
const POSITION_WORDS = {
  end: 'after the context',
  middle: 'in the middle of it',
  front: 'before the context',
} as const satisfies Record<ClassTokenPosition, string>;

/** Words listed for each learned context vector. */
const NEAREST_WORDS = 5;

type Variant = Pick<CoOpConfig, 'nCtx' | 'position' | 'csc' | 'ctxInit'>;

function parseKey(key: string): Variant | null {
  const match = /^coop_m([1-9]\d?)_(end|mid|front)(_csc|_init)?$/.exec(key);
  if (match === null) return null;
  const [, nCtx, position, suffix] = match;
  const init = suffix === '_init';
  if (init && Number(nCtx) !== INITIAL_WORDS.split(' ').length) return null;
  return {
    nCtx: Number(nCtx),
    position: POSITIONS[position as keyof typeof POSITIONS],
    csc: suffix === '_csc',
    ctxInit: init ? INITIAL_WORDS : null,
  };
}

function titleOf(key: string): string {
  const { nCtx, position, csc, ctxInit } = parseKey(key) as Variant;
  const parts = [`M = ${nCtx}`, position];
  if (csc) parts.push('class-specific');
  if (ctxInit !== null) parts.push(`from “${ctxInit}”`);
  return `CoOp (${parts.join(', ')})`;
}

/** Steps of a fit; the last short batch of an epoch is dropped. */
function stepsOf({ epochs, batchSize }: Pick<CoOpConfig, 'epochs' | 'batchSize'>, count: number): number {
  return epochs * Math.max(1, Math.floor(count / batchSizeFor(count, batchSize)));
}

/** One step for a source's classes and batch, compiled once for all cells that have these. */
function programFor({ config, source }: Fit<CoOpConfig>): Promise<CoOpProgram> {
  const { towers, classNames, task } = source;
  const { nCtx, position, csc } = config;
  const batchSize = batchSizeFor(source.train.labels.length, config.batchSize);
  return towers.program(['coop', task, nCtx, position, csc, batchSize].join(' '), () => {
    const { contextLength } = towers.text.architecture;
    const prompts = coopPrompts(towers.tokenizer, classNames, { nCtx, position, contextLength });
    return compileCoOp(towers.engine, {
      layout: layOutPrompts(prompts, csc),
      text: towers.text,
      logitScale: towers.logitScale,
      nCtx,
      batchSize,
      embedDim: towers.checkpoint.architecture.embedDim,
    });
  });
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
  { ctx, lossPerEpoch, steps }: CoOpFit,
  features: Float32Array,
): FittedMethod {
  const { towers, classNames } = source;
  const { width } = towers.text.architecture;
  const weights = normalizeRows(features, towers.checkpoint.architecture.embedDim);
  return {
    ...linearScorer(towers.classifier, weights, new Float32Array(classNames.length)),
    details: { lossPerEpoch, steps, ...wordsOf(config, ctx, source) },
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
    const variant = parseKey(key);
    return variant && { kind: 'coop', key, version: VERSION, ...variant, ...sgdSettings(context) };
  },
  titleOf,
  reads: ({ views }) => ({ train: views === 'fresh' ? null : views, val: false, test: true }),
  work(config, { classNames, text, tokenizer, train }) {
    const { nCtx, position, csc, views } = config;
    const prompts = coopPrompts(tokenizer, classNames, { nCtx, position, contextLength: text.contextLength });
    const calls = stepsOf(config, train);
    const batch = batchSizeFor(train, config.batchSize);
    return {
      flops: calls * stepFlops(layOutPrompts(prompts, csc), text),
      calls,
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
    const { config, source } = fit;
    const { towers, classNames, seed, train } = source;
    const { text, tokenizer } = towers;
    const program = await programFor(fit);
    const learned = await fitCoOp({
      config,
      seed,
      program,
      start: initialContext(config, { classCount: classNames.length, seed, text, tokenizer }),
      features: await train.cropFeatures(config.views),
      labels: train.labels,
      onEpoch: (epoch, loss) =>
        source.progress(
          (epoch + 1) / config.epochs,
          `epoch ${epoch + 1} of ${config.epochs}, loss ${loss.toFixed(3)}`,
        ),
      beforeStep: () => source.throwIfCancelled(),
    });
    return fitted(fit, learned, await program.textFeatures(learned.ctx));
  },
};

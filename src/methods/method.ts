import type { Checkpoint, TextArchitecture, TextWeights, Tokenizer } from '../clip/index.ts';
import type { EpochPolicy, MethodConfig, MethodDetails } from '../config/index.ts';
import type { Engine } from '../runtime/index.ts';
import type { Classifier } from './classify.ts';
import type { LearnedContext } from './learned-prompt.ts';

/** What a method's settings depend on besides its key. */
export interface MethodContext {
  readonly shots: number;
  readonly epochs: EpochPolicy;
  /** The paper's schedule is cut at this many epochs; null or absent: not at all. */
  readonly mostEpochs?: number | null;
  readonly views: number | 'fresh';
  /** Key of the dataset. */
  readonly dataset: string;
  /** Hand-made prompts of the dataset. */
  readonly prompts: readonly string[];
}

/** How one setting is read by a person: its name in words, and its value. */
export interface SettingWords<Value> {
  readonly name: string;
  readonly value: (value: Value) => string;
  /** How a changed setting is said behind a method's title. Default: name and value. */
  readonly inTitle?: (value: Value) => string;
}

/** The fields that a kind of method adds to `MethodConfig`. */
type OwnFields<Config> = keyof {
  [Field in keyof Config as string extends Field
    ? never
    : Field extends 'kind' | 'key'
      ? never
      : Field]: true;
};

/** Words for every setting of a method, in the order of a page: a new setting must be named. */
export type WordsOf<Config> = { readonly [Field in OwnFields<Config>]: SettingWords<Config[Field]> };

/** The frozen model and what computes. Shared by the cells that a worker does one after the other. */
export interface Towers {
  readonly engine: Engine;
  readonly checkpoint: Checkpoint;
  readonly text: TextWeights;
  readonly tokenizer: Tokenizer;
  /** exp(logit_scale) */
  readonly logitScale: number;
  readonly classifier: Classifier;
  /**
   * Something compiled, by a name that says all it depends on besides the model: the next cell that asks for the
   * same gets the same. It is disposed of by its owner, not by who asked.
   */
  program<P extends Program>(name: string, compile: () => Promise<P>): Promise<P>;
}

export interface Program {
  dispose(): Promise<void>;
}

/** Something of training pictures, as a training loop asks for it. */
export interface EpochSource {
  /** Pictures, n. */
  readonly count: number;
  /**
   * Rows of a batch, each picture under the crop drawn for this epoch.
   * @param epoch from 0. @param indices B picture indices.
   */
  batch(epoch: number, indices: readonly number[]): Promise<Float32Array>;
}

/** Labelled pictures of a draw, as features or as pixels. */
export interface DrawnPictures {
  /** [n] */
  readonly labels: Int32Array;
  /** Features under the test transform: [n, E], not normalised. */
  features(): Promise<Float32Array>;
  /** Features of training crops: rows [E], not normalised. */
  cropFeatures(views: number | 'fresh'): Promise<EpochSource>;
  /** Training crops themselves, normalised as the model wants them: rows [3, R, R]. */
  cropPixels(views: number | 'fresh'): Promise<EpochSource>;
  /** Pictures under the test transform, normalised: [B, 3, R, R]. */
  pixels(indices: readonly number[]): Promise<Float32Array>;
}

/** All that a method may learn from. Test pictures are not in reach. */
export interface TrainingSource {
  readonly towers: Towers;
  /** K names; index = label. */
  readonly classNames: readonly string[];
  /** Names the classes in the names of programs: equal for two sources with the same classes. */
  readonly task: string;
  /** Seed of initialisation and training; the draw is made. 0 where nothing is random. */
  readonly seed: number;
  readonly train: DrawnPictures;
  readonly val: DrawnPictures;
  /** @param fraction 0 to 1. @param words What is being done, e.g. `epoch 12 of 50`. Cheap. */
  progress(fraction: number, words: string): void;
  readonly cancelled: boolean;
  /** To be asked between steps. @throws when the run is to stop. */
  throwIfCancelled(): void;
}

/** Scores of K classes from image features under the test transform. */
interface FeatureScorer {
  readonly reads: 'features';
  /** @param features [n, E], not normalised. @returns [n, K]; greater is likelier. */
  scores(features: Float32Array, count: number): Promise<Float32Array>;
}

/** Scores of K classes from pictures: for methods that change the image tower. */
interface PixelScorer {
  readonly reads: 'pixels';
  /** Pictures it takes at a time. */
  readonly batch: number;
  /** @param images [batch, 3, R, R], normalised; rows behind `count` hold anything. @returns [count, K] */
  scores(images: Float32Array, count: number): Promise<Float32Array>;
}

/** A fitted method: it scores pictures, and tells what it learned. */
export type FittedMethod = (FeatureScorer | PixelScorer) & {
  readonly details: MethodDetails;
  /** A learned prompt, to be kept. */
  readonly context?: LearnedContext;
  /** Operations of the fit where only the fit can count them; absent: as `work` says. */
  readonly flops?: number;
  /** Gives back what only this fit holds. */
  dispose?(): Promise<void>;
};

/** What features of the drawn pictures a fit reads, so that they are made before. */
export interface PictureReads {
  /** Training pictures: features under the test transform, of N fixed crops, or none. */
  readonly train: 'test' | number | null;
  /** Validation pictures under the test transform; `pixels`: they are looked at, but their features are not. */
  readonly val: boolean | 'pixels';
  /** Test pictures; false for a method that scores pixels. */
  readonly test: boolean;
}

/** Classes and who reads their names: what may be refused before any work. */
export interface Task {
  readonly classNames: readonly string[];
  readonly text: TextWeights;
  readonly tokenizer: Tokenizer;
}

/** The size of a task, for counting. */
export interface TaskSize {
  readonly classNames: readonly string[];
  /** Pictures drawn. */
  readonly train: number;
  readonly val: number;
  readonly text: TextArchitecture;
  readonly tokenizer: Tokenizer;
  /** E */
  readonly embedDim: number;
  /** Floating-point operations of one picture's way through the image tower. */
  readonly pictureFlops: number;
}

/** What a fit takes, counted. */
export interface Work {
  /** Floating-point operations of the products of matrices, forward and gradient; without `freshPictures`. */
  readonly flops: number;
  /** Share of the usual rate that `flops` are done at, where that is known to be less. */
  readonly reached?: number;
  /** Calls of the engine, about: each has a cost of its own. */
  readonly calls: number;
  /** Graphs over the whole text tower that are compiled, about. */
  readonly textGraphs: number;
  /** Numbers that are walked through outside the engine's products, about: optimisers, searches. */
  readonly numbers: number;
  /** Pictures encoded within the fit. */
  readonly freshPictures: number;
}

/** A fit as one of several. */
export interface Fit<Config extends MethodConfig = MethodConfig> {
  readonly config: Config;
  readonly source: TrainingSource;
}

/** Fits of one shape done in one graph: cheaper where a graph is small, the same values within rounding. */
export interface TogetherFits<Config extends MethodConfig> {
  /**
   * Cells with the same answer on one dataset and backbone may be fitted together; null: alone.
   * @returns `shape`, and how many at most. A function of the task alone, so that results repeat.
   */
  group(config: Config, size: TaskSize): { readonly shape: string; readonly most: number } | null;
  /** @returns one answer a fit, in order. */
  fit(fits: readonly Fit<Config>[]): Promise<FittedMethod[]>;
}

/**
 * A kind of method: from its name on a command line to its scores. One file a kind, one line in the registry.
 */
export interface Method<Config extends MethodConfig = MethodConfig> {
  readonly kind: string;
  /** The word for several of this kind, e.g. "CoOp". */
  readonly title: string;
  /** Keys for lists and help texts. */
  readonly keys: readonly string[];
  /** How further keys of the family are written, where it has more than it lists. */
  readonly pattern?: string;
  /** Learns from labelled pictures; false: one cell a dataset, without shots and seeds. */
  readonly learns: boolean;
  /** Its fits give back a learned prompt (`FittedMethod.context`), to be kept beside the record. Default: none. */
  readonly learnsPrompt?: boolean;
  readonly words: WordsOf<Config>;
  /** Settings that may stand behind a key, as `key:name=value`, and how their text is read. */
  readonly tunable: Readonly<Record<string, (text: string) => Partial<Config>>>;
  /** The settings behind a key (without what stands behind colons), or null if this is no key of the kind. */
  configure(key: string, context: MethodContext): Config | null;
  /** The words a person reads for a key of this kind. */
  titleOf(key: string): string;
  reads(config: Config): PictureReads;
  work(config: Config, size: TaskSize): Work;
  /** Refuses before any work what would fail in every cell. @throws {UserError} */
  check?(config: Config, task: Task): void;
  fit(fit: Fit<Config>): Promise<FittedMethod>;
  readonly together?: TogetherFits<Config>;
}

import { loadDataset } from '../../datasets/index.ts';
import { unusualFacts } from '../checkpoint/index.ts';
import {
  type Checkpoint,
  logitScale,
  openCheckpoint,
  readTextWeights,
  type TextWeights,
  Tokenizer,
} from '../clip/index.ts';
import { canonicalJson } from '../config/index.ts';
import {
  type Dataset,
  type Datum,
  type FilePicture,
  openPreparer,
  type PicturePreparer,
  type PictureRef,
  pictureKey,
  viewPicture,
} from '../data/index.ts';
import { Classifier, ImageEncoder, type Program, type Towers } from '../methods/index.ts';
import { type Engine, type EngineChoice, openEngine } from '../runtime/index.ts';
import { ContentIndex } from './content-index.ts';
import { featureKeys } from './feature-key.ts';
import { FeatureStore } from './feature-store.ts';
import type { JobPlace } from './job.ts';
import { runtimeVersions } from './versions.ts';
import { type View, viewName, viewRequest } from './views.ts';

/** Compiled programs kept: the next cell is mostly of the same dataset and batch size. */
const KEPT_PROGRAMS = 2;

/** What a worker thread keeps between the jobs of one backbone: nothing is loaded or compiled twice. */
export class WorkerContext implements Towers {
  readonly engine: Engine;
  readonly checkpoint: Checkpoint;
  readonly classifier: Classifier;
  readonly store: FeatureStore;
  readonly #place: JobPlace;
  readonly #datasets = new Map<string, Promise<Dataset>>();
  /** By the folder that pictures' names start from. */
  readonly #contents = new Map<string, ContentIndex>();
  readonly #pictureKeys = new WeakMap<PictureRef, string>();
  /** Keys of features by what the picture's content is, for each view. */
  readonly #featureKeys = new Map<string, (picture: string) => string>();
  readonly #programs = new Map<string, Program>();
  #encoder: ImageEncoder | null = null;
  #pictures: PicturePreparer | null = null;
  #text: TextWeights | null = null;
  #tokenizer: Tokenizer | null = null;

  protected constructor(place: JobPlace, threads: number, checkpoint: Checkpoint) {
    this.#place = place;
    this.engine = openEngine(place.runtime as EngineChoice, threads);
    this.checkpoint = checkpoint;
    this.classifier = new Classifier(this.engine);
    const namespace = place.checkpointSha256.slice(0, 16);
    const { embedDim } = this.checkpoint.architecture;
    this.store = FeatureStore.open(place.cacheDir, namespace, embedDim, ({ path, reason }) => {
      // The pool's process hands its lines on to the display.
      process.stderr.write(`cached features are damaged and made again: ${path}: ${reason}\n`);
    });
  }

  /** Opens what every job of a backbone needs. @throws {UserError} What is wrong with the checkpoint. */
  static async open(place: JobPlace, threads: number): Promise<WorkerContext> {
    const checkpoint = await openCheckpoint(place.checkpoint, place.activation ?? undefined);
    return new WorkerContext(place, threads, checkpoint);
  }

  /** What reads pictures; its threads start when they are first needed. */
  get pictures(): PicturePreparer {
    this.#pictures ??= openPreparer(this.#place.pictureThreads);
    return this.#pictures;
  }

  get text(): TextWeights {
    this.#text ??= readTextWeights(this.checkpoint.weights, this.checkpoint.architecture);
    return this.#text;
  }

  get tokenizer(): Tokenizer {
    this.#tokenizer ??= new Tokenizer(this.checkpoint.architecture.text.vocabSize);
    return this.#tokenizer;
  }

  get logitScale(): number {
    return logitScale(this.checkpoint.weights);
  }

  get resolution(): number {
    return this.checkpoint.architecture.vision.resolution;
  }

  // What was asked for is kept once it is there, not its promise: a failure is not kept. No two jobs ask at once.
  async encoder(): Promise<ImageEncoder> {
    this.#encoder ??= await ImageEncoder.compile(this.engine, this.checkpoint);
    return this.#encoder;
  }

  dataset(key: string): Promise<Dataset> {
    let dataset = this.#datasets.get(key);
    if (dataset === undefined) {
      dataset = loadDataset(key, this.#place.data);
      this.#datasets.set(key, dataset);
    }
    return dataset;
  }

  /** A compiled program by name; the least recently used one is given up first, so that memory holds no third. */
  async program<P extends Program>(name: string, compile: () => Promise<P>): Promise<P> {
    let program = this.#programs.get(name) as P | undefined;
    this.#programs.delete(name);
    if (program === undefined) {
      for (const [oldest, given] of this.#programs) {
        if (this.#programs.size < KEPT_PROGRAMS) break;
        this.#programs.delete(oldest);
        await given.dispose();
      }
      program = await compile();
    }
    this.#programs.set(name, program);
    return program;
  }

  /** The weights, and what else decides a feature. */
  get #model(): string {
    const settings = unusualFacts(this.checkpoint.facts);
    return this.#place.checkpointSha256 + (settings === null ? '' : ` ${canonicalJson(settings)}`);
  }

  get #engineVersion(): string {
    const { runtime, engineVersions } = this.#place;
    if (runtime.engine === 'onnxruntime') return runtimeVersions().versions['onnxruntime-node'] as string;
    return canonicalJson(engineVersions);
  }

  #contentsOf({ folder }: FilePicture): ContentIndex {
    let contents = this.#contents.get(folder);
    if (contents === undefined) {
      contents = new ContentIndex(this.#place.cacheDir, folder);
      this.#contents.set(folder, contents);
    }
    return contents;
  }

  /**
   * SHA-256 (hex) of a picture's content; looked up once a thread, and no file is read that was hashed before.
   * @throws {UserError} PICTURE_MISSING, PICTURE_UNREADABLE, UNKNOWN_ICON
   */
  pictureKey(picture: PictureRef): string {
    let key = this.#pictureKeys.get(picture);
    if (key === undefined) {
      key = picture.kind === 'file' ? this.#contentsOf(picture).keyOf(picture) : pictureKey(picture);
      this.#pictureKeys.set(picture, key);
    }
    return key;
  }

  /** Puts what was learned of files' contents on disk. */
  rememberContents(): void {
    for (const contents of this.#contents.values()) contents.flush();
  }

  /** The cache key of a picture's feature under a view. */
  featureKey(datum: Datum, view: View): string {
    const name = viewName(view, this.resolution);
    let keys = this.#featureKeys.get(name);
    if (keys === undefined) {
      keys = this.#keysUnder(name);
      this.#featureKeys.set(name, keys);
    }
    return keys(this.pictureKey(datum.picture));
  }

  #keysUnder(view: string): (picture: string) => string {
    const { engine, device, precision } = this.#place.runtime;
    const { versions } = runtimeVersions();
    return featureKeys({
      view: `${view}, sharp ${versions.sharp}, resvg ${versions['@resvg/resvg-js']}`,
      checkpoint: this.#model,
      engine: `${engine} ${this.#engineVersion}`,
      device,
      precision,
    });
  }

  /**
   * Cached features of pictures under one view: [n, E].
   * @throws {UserError} What is wrong with a picture that could not be encoded.
   */
  async features(data: readonly Datum[], view: View): Promise<Float32Array> {
    const keys = data.map((datum) => this.featureKey(datum, view));
    if (this.store.missing(keys).length > 0) this.store.refresh();
    const [missing] = this.store.missing(keys);
    if (missing !== undefined) {
      // Its task left it out: looking at it again says why.
      const { picture } = data[keys.indexOf(missing)]!;
      await viewPicture(viewRequest(picture, this.pictureKey(picture), view, this.resolution));
      throw new Error(`internal: feature ${missing} was not made`);
    }
    return this.store.read(keys);
  }

  /** Gives back what the engine holds; the context is not used after. */
  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await program.dispose();
    await this.classifier.dispose();
    await this.#encoder?.dispose();
    await this.#pictures?.close();
  }
}

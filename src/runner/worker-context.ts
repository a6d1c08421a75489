import { loadDataset } from '../../datasets/index.ts';
import {
  type Checkpoint,
  logitScale,
  openCheckpoint,
  readTextWeights,
  type TextWeights,
  Tokenizer,
} from '../clip/index.ts';
import { type Dataset, type Datum, pictureKey } from '../data/index.ts';
import { Classifier, type CoOpProgram, ImageEncoder } from '../methods/index.ts';
import { type Engine, type OnnxDevice, onnxEngine } from '../runtime/index.ts';
import { featureKey } from './feature-key.ts';
import { FeatureStore } from './feature-store.ts';
import type { JobPlace } from './job.ts';
import { type View, viewName } from './views.ts';

/** Compiled programs kept: the next cell is mostly of the same dataset and batch size. */
const KEPT_PROGRAMS = 2;

/** What a worker thread keeps between the jobs of one backbone: nothing is loaded or compiled twice. */
export class WorkerContext {
  readonly engine: Engine;
  readonly checkpoint: Checkpoint;
  readonly classifier: Classifier;
  readonly store: FeatureStore;
  readonly #place: JobPlace;
  readonly #datasets = new Map<string, Promise<Dataset>>();
  readonly #programs = new Map<string, Promise<CoOpProgram>>();
  #encoder: Promise<ImageEncoder> | null = null;
  #text: TextWeights | null = null;
  #tokenizer: Tokenizer | null = null;

  constructor(place: JobPlace, threads: number) {
    this.#place = place;
    this.engine = onnxEngine({ device: place.runtime.device as OnnxDevice, threads });
    this.checkpoint = openCheckpoint(place.checkpoint);
    this.classifier = new Classifier(this.engine);
    const namespace = place.checkpointSha256.slice(0, 16);
    this.store = FeatureStore.open(place.cacheDir, namespace, this.checkpoint.architecture.embedDim);
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

  encoder(): Promise<ImageEncoder> {
    this.#encoder ??= ImageEncoder.compile(this.engine, this.checkpoint);
    return this.#encoder;
  }

  dataset(key: string): Promise<Dataset> {
    let dataset = this.#datasets.get(key);
    if (dataset === undefined) {
      dataset = loadDataset(key);
      this.#datasets.set(key, dataset);
    }
    return dataset;
  }

  /** A compiled program by name; the least recently used one is given up. */
  async program(name: string, compile: () => Promise<CoOpProgram>): Promise<CoOpProgram> {
    const known = this.#programs.get(name);
    const program = known ?? compile();
    this.#programs.delete(name);
    this.#programs.set(name, program);
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > KEPT_PROGRAMS && oldest !== undefined) {
      const given = this.#programs.get(oldest);
      this.#programs.delete(oldest);
      await (await given)?.dispose();
    }
    return program;
  }

  /** The cache key of a picture's feature under a view. */
  featureKey(datum: Datum, view: View): string {
    const { engine, device, precision } = this.#place.runtime;
    return featureKey({
      picture: pictureKey(datum.picture),
      view: viewName(view, this.resolution),
      checkpoint: this.#place.checkpointSha256,
      engine,
      device,
      precision,
    });
  }

  /** Cached features of pictures under one view: [n, E]. */
  features(data: readonly Datum[], view: View): Float32Array {
    const keys = data.map((datum) => this.featureKey(datum, view));
    if (this.store.missing(keys).length > 0) this.store.refresh();
    return this.store.read(keys);
  }
}

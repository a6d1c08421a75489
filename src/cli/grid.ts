import { DATASETS, ICON_SUITE, loadDataset } from '../../datasets/index.ts';
import {
  coopPrompts,
  encodeImages,
  fillTemplate,
  logitScale,
  openCheckpoint,
  readTextWeights,
  Tokenizer,
  textPrompts,
} from '../clip/index.ts';
import {
  type Benchmark,
  checkMethodKey,
  type GridOptions,
  METHOD_KEYS,
  type MethodConfig,
  methodConfig,
  UserError,
} from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { initialContext } from '../methods/index.ts';
import type { Backbone, Experiment } from '../runner/index.ts';
import { DEFAULT_BACKBONE, resolveBackbone } from './backbones.ts';
import type { RuntimeChoice } from './runtime-choice.ts';

/** Fixed crops of each training picture on the icon suite. */
const SUITE_VIEWS = 8;

/** Tasks, tables and figures tell backbones apart by their names, and cells by their weights. */
function checkDistinct(backbones: readonly Backbone[]): void {
  for (const [i, backbone] of backbones.entries()) {
    const twin = backbones
      .slice(0, i)
      .find(({ name, sha256 }) => name === backbone.name || sha256 === backbone.sha256);
    if (twin === undefined) continue;
    throw new UserError('SAME_BACKBONE', {
      where: '--backbone',
      expected: 'models of different names and different weights',
      found: `${twin.path} and ${backbone.path}, ${
        twin.sha256 === backbone.sha256 ? 'the same weights' : `both named ${backbone.name}`
      }`,
      hint: 'name each model once; a file is named after itself, so rename one of the two',
    });
  }
}

/** Pictures of the largest class of a set. */
function largestClass({ train }: Dataset): number {
  const perClass = new Map<number, number>();
  for (const { label } of train) perClass.set(label, (perClass.get(label) ?? 0) + 1);
  return Math.max(0, ...perClass.values());
}

/** A class with too few pictures gives all it has; a shot count that no class of any set has is a mistake. */
function checkShots(shots: readonly number[], datasets: readonly Dataset[]): void {
  const largest = Math.max(...datasets.map(largestClass));
  const tooMany = shots.find((count) => count > largest);
  if (tooMany === undefined) return;
  throw new UserError('TOO_MANY_SHOTS', {
    where: `--shots ${tooMany}`,
    expected: `at most ${largest}, the training pictures of the largest class of ${datasets.map(({ key }) => key).join(', ')}`,
    found: String(tooMany),
    hint: `--shots with numbers up to ${largest}`,
  });
}

/**
 * Finds out what would fail in every cell: a model with missing, misshapen or non-finite weights, a prompt that
 * is longer than its context, words to start from that the vocabulary splits.
 */
async function checkModel(
  backbone: Backbone,
  datasets: readonly Dataset[],
  methods: readonly MethodConfig[],
): Promise<void> {
  const checkpoint = await openCheckpoint(backbone.path, backbone.activation ?? undefined);
  const { contextLength, vocabSize } = checkpoint.architecture.text;
  encodeImages(checkpoint, 1);
  logitScale(checkpoint.weights);
  const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
  checkpoint.close();
  const tokenizer = new Tokenizer(vocabSize);
  for (const { classNames, prompt } of datasets) {
    for (const method of methods) {
      if (method.kind === 'zeroshot') textPrompts(tokenizer, fillTemplate(prompt, classNames), contextLength);
      if (method.kind !== 'coop') continue;
      coopPrompts(tokenizer, classNames, { ...method, contextLength });
      if (method.ctxInit === null) continue;
      initialContext(method, { classCount: classNames.length, seed: 0, text, tokenizer });
    }
  }
}

/**
 * Decides everything about a grid before any work starts.
 * @param runtime What will compute.
 * @param say Where remarks for a person go.
 * @throws {UserError} Whatever is wrong with the request: unknown names, bad files, impossible shots.
 */
export async function resolveExperiment(
  benchmark: Benchmark,
  options: GridOptions,
  { engine, device, versions }: RuntimeChoice,
  say?: (line: string) => void,
): Promise<Experiment> {
  const asked = options.methods ?? benchmark.methods;
  const methods = [...new Set(asked.flatMap((key) => (key === 'all' ? METHOD_KEYS : [key])))];
  for (const method of methods) checkMethodKey(method);
  const keys = options.datasets ?? benchmark.datasets;
  const datasets = await Promise.all(keys.map((key) => loadDataset(key)));
  const withoutTraining = datasets.find(({ train }) => train.length === 0);
  if (withoutTraining) {
    throw new UserError('NOT_A_SOURCE', {
      where: `--datasets ${withoutTraining.key}`,
      expected: `a dataset with training pictures, e.g. ${ICON_SUITE.join(', ')}`,
      found: 'a target of domain shift: test pictures only',
      hint: 'npm run bench:domainshift scores it',
    });
  }
  const targets = await Promise.all(benchmark.targets.map((key) => loadDataset(key)));
  for (const target of targets) checkSharedClasses(datasets, target);
  const shots = options.shots ?? benchmark.shots;
  // The default counts hold for sets of any size; a count that was typed is meant.
  if (options.shots) checkShots(options.shots, datasets);
  const [views, epochs] = [options.views ?? SUITE_VIEWS, options.epochs ?? 'suite'];
  const settings = methods.map((key) => methodConfig(key, { shots: shots[0]!, epochs, views, prompts: [] }));
  const backbones: Backbone[] = [];
  for (const name of options.backbones ?? [DEFAULT_BACKBONE]) {
    const backbone = await resolveBackbone(name, { ...options, say });
    await checkModel(backbone, datasets, settings);
    backbones.push(backbone);
  }
  checkDistinct(backbones);
  return {
    benchmark,
    datasets,
    targets,
    backbones,
    methods,
    shots,
    seeds: options.seeds ?? benchmark.seeds,
    views,
    epochs,
    runtime: { engine, device, precision: 'float32' },
    engineVersions: versions,
    limit: options.limit ?? null,
  };
}

/** A target is scored with the source's classifier, so its labels must mean the source's classes. */
function checkSharedClasses(sources: readonly Dataset[], target: Dataset): void {
  for (const source of sources) {
    if (source.classNames.join('\n') === target.classNames.join('\n')) continue;
    throw new UserError('OTHER_CLASSES', {
      where: `${target.key} as a target of ${source.key}`,
      expected: `the ${source.classNames.length} classes of ${source.key}`,
      found: `${target.classNames.length} classes of another list`,
      hint: `--datasets ${Object.keys(DATASETS)[0]}`,
    });
  }
}

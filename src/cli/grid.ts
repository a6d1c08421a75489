import { inClassesOf, loadDataset } from '../../datasets/index.ts';
import { logitScale, openCheckpoint, readTextWeights, Tokenizer } from '../clip/index.ts';
import { type Benchmark, type GridOptions, type MethodConfig, UserError } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { checkMethodKey, methodOf } from '../methods/index.ts';
import { type Backbone, datasetsOf, type Experiment, type StudyGrid, settingsOn } from '../runner/index.ts';
import {
  DEFAULT_BACKBONE,
  type LocatedBackbone,
  type ModelCosts,
  modelCosts,
  resolveBackbone,
} from './backbones.ts';
import { cacheFolder } from './cache-folder.ts';
import { chooseStudies } from './choose-studies.ts';
import type { RuntimeChoice } from './runtime-choice.ts';

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
 * @returns What work and memory are counted from.
 */
async function checkModel(
  backbone: LocatedBackbone,
  tasks: readonly { readonly dataset: Dataset; readonly method: MethodConfig }[],
): Promise<ModelCosts> {
  const checkpoint = await openCheckpoint(backbone.path, backbone.activation ?? undefined);
  const costs = modelCosts(checkpoint);
  logitScale(checkpoint.weights);
  const text = readTextWeights(checkpoint.weights, checkpoint.architecture);
  checkpoint.close();
  const tokenizer = new Tokenizer(costs.size.text.vocabSize);
  for (const { dataset, method } of tasks) {
    methodOf(method).check?.(method, { classNames: dataset.classNames, text, tokenizer });
  }
  return costs;
}

/** Targets have nothing to learn from. */
function checkSources(datasets: readonly Dataset[]): void {
  const target = datasets.find(({ train }) => train.length === 0);
  if (target === undefined) return;
  throw new UserError('NOT_A_SOURCE', {
    where: `--datasets ${target.key}`,
    expected: 'a dataset with training pictures',
    found: 'a target of domain shift: test pictures only',
    hint: 'npm run bench:domainshift scores it; coop-bench datasets list shows the others',
  });
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
  const { data, studies } = chooseStudies(benchmark, options, cacheFolder(options.cache), say);
  const loaded = new Map<string, Promise<Dataset>>();
  const load = (keys: readonly string[]) =>
    Promise.all(
      keys.map((key) => {
        const dataset = loaded.get(key) ?? loadDataset(key, data);
        loaded.set(key, dataset);
        return dataset;
      }),
    );
  const grids: StudyGrid[] = [];
  for (const { study, ...chosen } of studies) {
    for (const method of chosen.methods) checkMethodKey(method);
    const datasets = await load(chosen.datasets);
    checkSources(datasets);
    const targets = await load(chosen.targets);
    // A target is scored with the source's classifier, so its labels must mean the source's classes.
    for (const target of targets) for (const source of datasets) inClassesOf(target, source);
    grids.push({ ...chosen, study, datasets, targets });
  }
  // The default counts hold for sets of any size; a count that was typed is meant.
  if (options.shots) checkShots(options.shots, datasetsOf({ grids }).sources);
  const training = { views: options.views ?? null, epochs: options.epochs ?? null };
  const tasks = grids.flatMap(({ datasets, methods, shots }) =>
    datasets.flatMap((dataset) =>
      methods.map((key) => ({ dataset, method: settingsOn(dataset, training, key, shots[0]!) })),
    ),
  );
  const backbones: Backbone[] = [];
  for (const name of options.backbones ?? [DEFAULT_BACKBONE]) {
    const backbone = await resolveBackbone(name, { ...options, say });
    backbones.push({ ...backbone, ...(await checkModel(backbone, tasks)) });
  }
  checkDistinct(backbones);
  return {
    benchmark,
    data,
    backbones,
    grids,
    ...training,
    runtime: { engine, device, precision: 'float32' },
    engineVersions: versions,
    limit: options.limit ?? null,
  };
}

import { loadDataset } from '../../datasets/index.ts';
import { openCheckpoint } from '../clip/index.ts';
import { canonicalJson, UserError } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { type Inspection, programDiffers, type QueuedRun } from '../queue/index.ts';
import { type Backbone, runtimeVersions } from '../runner/index.ts';
import { DEFAULT_BACKBONE, modelCosts, resolveBackbone } from './backbones.ts';
import { type DataFlags, nameDatasets } from './data-options.ts';
import { isDownloadable } from './download-model.ts';
import type { RuntimeChoice } from './runtime-choice.ts';

type Wanted<Field extends 'datasets' | 'backbones'> = QueuedRun['requires'][Field][number];

/** Where a worker looks for what a run needs. */
export interface WorkerPlaces extends Omit<DataFlags, 'subsample'> {
  /** Paths of a person's own pictures. */
  readonly datasets?: readonly string[];
  /** Models by name or path; what a run names is also looked for by its name. */
  readonly backbone?: readonly string[];
  readonly cache: string;
}

/** A refusal in one line. */
const inOneLine = ({ message }: UserError): string =>
  message
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .join('; ');

/** What `find` gives, or why it refuses. */
async function orReason<T>(find: () => Promise<T | string>): Promise<T | string> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof UserError) return inOneLine(error);
    throw error;
  }
}

/** The names that a model may have here: those that were given, then its own. */
function namesFor({ name }: Wanted<'backbones'>, given: readonly string[]): string[] {
  const published = name.includes('/') && !isDownloadable(name) ? `hf:${name}` : name;
  const own = published === DEFAULT_BACKBONE || isDownloadable(published) ? [published] : [];
  return [...new Set([...given, ...own])];
}

async function findBackbone(
  wanted: Wanted<'backbones'>,
  { backbone: given = [], cache }: WorkerPlaces,
): Promise<Backbone | string> {
  const seen: string[] = [];
  for (const name of namesFor(wanted, given)) {
    const search = { cache, ...(wanted.activation && { activation: wanted.activation }), say: () => {} };
    const found = await resolveBackbone(name, search);
    seen.push(`${name} has ${found.sha256.slice(0, 12)}…`);
    if (found.sha256 !== wanted.sha256) continue;
    if (canonicalJson(found.settings) !== canonicalJson(wanted.settings)) {
      return `model ${wanted.name}: its files say other settings here: ${canonicalJson(found.settings)}`;
    }
    const checkpoint = await openCheckpoint(found.path, found.activation ?? undefined);
    const costs = modelCosts(checkpoint);
    checkpoint.close();
    return { ...found, name: wanted.name, ...costs };
  }
  const what = `no model ${wanted.name} with the weights ${wanted.sha256.slice(0, 12)}…`;
  return `${what} (${seen.join(', ') || 'none was named'}); --backbone names one`;
}

async function findDataset(
  { key, fingerprint }: Wanted<'datasets'>,
  data: Parameters<typeof loadDataset>[1],
): Promise<Dataset | string> {
  const dataset = await loadDataset(key, data);
  if (dataset.fingerprint === fingerprint) return dataset;
  return `dataset ${key}: its classes or its split are others here (${dataset.fingerprint.slice(0, 12)}…, not ${fingerprint.slice(0, 12)}…)`;
}

/** What should be known of a worker that is none of a reason to refuse it. */
function remarksOn({ gitRevision, threads }: QueuedRun, ownThreads: number): string[] {
  const own = runtimeVersions().gitRevision;
  return [
    ...(own === gitRevision ? [] : [`it runs revision ${own ?? 'unknown'}, not ${gitRevision ?? 'unknown'}`]),
    ...(ownThreads === threads
      ? []
      : [`it computes with ${ownThreads} threads a cell, not ${threads}: last digits may differ`]),
  ];
}

/**
 * Makes the function that looks whether this machine has what a run needs: the same program, and datasets and models
 * of the same content, wherever they lie here.
 */
export function runInspector(
  places: WorkerPlaces,
  { engine, device, versions }: RuntimeChoice,
  threads: number,
): (run: QueuedRun) => Promise<Inspection> {
  const own = { runtime: { engine, device, precision: 'float32' }, engineVersions: versions };
  return async (run) => {
    const { requires } = run;
    const differs = programDiffers(requires, own);
    // Of another program nothing else is looked at: it may mean other things by the same names.
    if (differs.length > 0) return { refused: differs };
    const subsample = requires.datasets[0]?.subsample ?? 'all';
    const { data } = nameDatasets(places.datasets ?? [], { ...places, subsample }, places.cache);
    const datasets = new Map<string, Dataset>();
    const backbones = new Map<string, Backbone>();
    const refused: string[] = [];
    for (const wanted of requires.datasets) {
      const found = await orReason(() => findDataset(wanted, data));
      if (typeof found === 'string') refused.push(found);
      else datasets.set(wanted.key, found);
    }
    for (const wanted of requires.backbones) {
      const found = await orReason(() => findBackbone(wanted, places));
      if (typeof found === 'string') refused.push(found);
      else backbones.set(wanted.sha256, found);
    }
    if (refused.length > 0) return { refused };
    return { here: { datasets, backbones, data }, remarks: remarksOn(run, threads) };
  };
}

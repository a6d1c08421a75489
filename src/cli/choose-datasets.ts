import { datasetAdapter, ICON_SUITE, type LoadOptions, surveyDataset } from '../../datasets/index.ts';
import { type Benchmark, type GridOptions, UserError } from '../config/index.ts';
import { DEFAULT_BACKBONE } from './backbones.ts';
import { nameDatasets } from './data-options.ts';

/** What a grid trains on and is scored on. */
export interface ChosenDatasets {
  readonly data: LoadOptions;
  readonly datasets: readonly string[];
  readonly targets: readonly string[];
  readonly methods: readonly string[];
}

const isEmbedded = (key: string): boolean => (ICON_SUITE as readonly string[]).includes(key);

/** Those of the keys whose files are there; what is left out is said. */
function found(keys: readonly string[], dataRoot: string, say: (line: string) => void): string[] {
  const surveys = keys.map((key) => ({ key, ...surveyDataset(datasetAdapter(key), dataRoot) }));
  const [there, absent] = [
    surveys.filter(({ status }) => status === 'found'),
    surveys.filter(({ status }) => status !== 'found'),
  ];
  if (absent.length > 0 && there.length > 0) {
    const names = absent.map(({ key, missing }) => `${key} (no ${missing[0]})`).join(', ');
    say(`left out, since their files are not complete under ${dataRoot}: ${names}`);
  }
  return there.map(({ key }) => key);
}

/**
 * Chooses the datasets of a grid: those that were asked for; else the paper's that are found under `--data`; else
 * the benchmark's own.
 *
 * @param say Where remarks for a person go.
 * @throws {UserError} NO_DATASETS: nothing of the experiment is under `--data`. What `nameDatasets` throws.
 */
export function chooseDatasets(
  benchmark: Benchmark,
  options: GridOptions,
  cacheDir: string,
  say: (line: string) => void = () => {},
): ChosenDatasets {
  const { data: root, datasets: asked } = options;
  const wanted = root === undefined ? benchmark : benchmark.photographs;
  const methods = options.methods ?? wanted.methods;
  if (asked !== undefined) {
    const { keys, data } = nameDatasets(asked, options, cacheDir);
    const targets = keys.every(isEmbedded) ? benchmark.targets : wanted.targets;
    remarkOnModel(keys, options, say);
    return { data, datasets: keys, targets: targetsOf(targets, data, say), methods };
  }
  const { data } = nameDatasets([], options, cacheDir);
  if (data.dataRoot === null)
    return { data, datasets: wanted.datasets, targets: targetsOf(wanted.targets, data, say), methods };
  const datasets = found(wanted.datasets, data.dataRoot, say);
  if (datasets.length === 0) {
    throw new UserError('NO_DATASETS', {
      where: `--data ${root}`,
      expected: `folders of ${wanted.datasets.map((key) => datasetAdapter(key).disk?.folder).join(', ')}`,
      found: 'none of them complete',
      hint: `coop-bench datasets list --data ${root} says what is missing and where it comes from; --datasets names other sets`,
    });
  }
  remarkOnModel(datasets, options, say);
  return { data, datasets, targets: targetsOf(wanted.targets, data, say), methods };
}

/** Targets whose files are there. */
function targetsOf(
  keys: readonly string[],
  { dataRoot, subsample }: LoadOptions,
  say: (line: string) => void,
): string[] {
  if (keys.length > 0 && subsample !== 'all') {
    throw new UserError('BAD_OPTION', {
      where: `--subsample ${subsample}`,
      expected: 'an experiment without targets',
      found: `targets ${keys.join(', ')}, which have classes of both halves`,
      hint: 'npm run bench:fewshot -- --subsample base',
    });
  }
  const embedded = keys.filter((key) => datasetAdapter(key).disk === null);
  const onDisk = keys.filter((key) => !embedded.includes(key));
  return [...embedded, ...(dataRoot === null ? onDisk : found(onDisk, dataRoot, say))];
}

/** Photographs deserve a model that has seen some. */
function remarkOnModel(
  keys: readonly string[],
  { backbones }: GridOptions,
  say: (line: string) => void,
): void {
  if (backbones !== undefined || keys.every(isEmbedded)) return;
  say(
    `model: ${DEFAULT_BACKBONE}, which is tiny and was made for drawings; its numbers on photographs mean little. The paper's: --backbone RN50`,
  );
}

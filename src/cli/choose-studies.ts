import { datasetAdapter, ICON_SUITE, type LoadOptions, surveyDataset } from '../../datasets/index.ts';
import { type Benchmark, type GridOptions, nearNames, type Study, UserError } from '../config/index.ts';
import { canonicalMethodKey } from '../methods/index.ts';
import { DEFAULT_BACKBONE } from './backbones.ts';
import { nameDatasets } from './data-options.ts';

/** A study's axes by name: what is trained on, with what, and scored on. */
export interface ChosenStudy {
  readonly study: Study;
  readonly datasets: readonly string[];
  readonly targets: readonly string[];
  readonly methods: readonly string[];
  readonly shots: readonly number[];
  readonly seeds: readonly number[];
}

/** The studies of a run, and where their data lie. */
export interface ChosenStudies {
  readonly data: LoadOptions;
  readonly studies: readonly ChosenStudy[];
}

type Say = (line: string) => void;

const isInSuite = (key: string): boolean => (ICON_SUITE as readonly string[]).includes(key);

/** Those of the keys whose files are there; what is left out is said. */
function found(keys: readonly string[], dataRoot: string, say: Say): string[] {
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

/** Studies by name; with methods of one's own, one study that holds them. */
function askedStudies(
  { key, title, introduction, studies }: Benchmark,
  options: GridOptions,
): readonly Study[] {
  const { studies: names, methods } = options;
  const chosen = (names ?? studies.map((study) => study.key)).map((name) => {
    const study = studies.find((known) => known.key === name);
    if (study !== undefined) return study;
    const known = studies.map((study) => study.key);
    const near = nearNames(name, known);
    throw new UserError('UNKNOWN_STUDY', {
      where: `--studies ${name}`,
      expected: `some of ${known.join(', ')}`,
      found: 'a name that is not known',
      ...(near.length > 0 ? { hint: `did you mean ${near.join(' or ')}?` } : {}),
    });
  });
  // Methods of one's own make one question of all; studies that were named stay what they are.
  const own = methods !== undefined && !methods.includes('all') && names === undefined;
  return own && chosen.length > 1 ? [{ ...chosen[0]!, key, title, introduction }] : chosen;
}

/** The keys that `all` stands for: the methods of the figure or table that the study mirrors. */
function methodsOf(study: Study, onDisk: boolean, { methods }: GridOptions): readonly string[] {
  const { photographs } = study;
  if (methods === undefined) return onDisk ? photographs.methods : study.methods;
  const named = methods.flatMap((key) => (key === 'all' ? photographs.methods : [key]));
  return [...new Set(named.map(canonicalMethodKey))];
}

/**
 * Chooses the studies of a run and their datasets: those that were asked for; else the paper's that are found under
 * `--data`; else the benchmark's own.
 *
 * @param say Where remarks for a person go.
 * @throws {UserError} UNKNOWN_STUDY. NO_DATASETS: nothing of a study is under `--data`. What `nameDatasets` throws.
 */
export function chooseStudies(
  benchmark: Benchmark,
  options: GridOptions,
  cacheDir: string,
  say: Say = () => {},
): ChosenStudies {
  const everything = options.datasets?.length === 1 && options.datasets[0] === 'all';
  const asked = everything ? undefined : options.datasets;
  const { keys, data } = nameDatasets(asked ?? [], options, cacheDir);
  // What several studies have to say is said once.
  const said = new Set<string>();
  const once: Say = (line) => {
    if (!said.has(line)) say(line);
    said.add(line);
  };
  const wantedStudies = askedStudies(benchmark, options);
  const studies = wantedStudies.flatMap((study): ChosenStudy[] => {
    const onDisk = data.dataRoot !== null;
    const wanted = onDisk ? study.photographs : study;
    const { seeds = study.seeds, datasets = wanted.datasets } =
      everything || onDisk
        ? { seeds: study.whole?.seeds, ...(onDisk ? {} : { datasets: study.whole?.datasets }) }
        : {};
    const sources = asked === undefined ? foundSources(datasets, data, once) : keys;
    if (sources.length === 0 && wantedStudies.length > 1) {
      once(
        `study ${study.key} is left out: none of ${datasets.join(', ')} is complete under ${data.dataRoot}`,
      );
      return [];
    }
    if (sources.length === 0) throw noDatasets(datasets, data);
    const targets = asked !== undefined && keys.every(isInSuite) ? study.targets : wanted.targets;
    remarkOnModel(sources, options, once);
    return [
      {
        study,
        datasets: sources,
        targets: targetsOf(targets, data, once),
        methods: methodsOf(study, onDisk, options),
        shots: options.shots ?? study.shots,
        seeds: options.seeds ?? seeds,
      },
    ];
  });
  if (studies.length > 0) return { data, studies };
  throw noDatasets([...new Set(wantedStudies.flatMap(({ photographs }) => photographs.datasets))], data);
}

/** The sets of a study that are there: the embedded ones always are. */
const foundSources = (keys: readonly string[], { dataRoot }: LoadOptions, say: Say): readonly string[] =>
  dataRoot === null ? keys : found(keys, dataRoot, say);

function noDatasets(keys: readonly string[], { dataRoot }: LoadOptions): UserError {
  return new UserError('NO_DATASETS', {
    where: `--data ${dataRoot}`,
    expected: `folders of ${keys.map((key) => datasetAdapter(key).disk?.folder).join(', ')}`,
    found: 'none of them complete',
    hint: `coop-bench datasets list --data ${dataRoot} says what is missing and where it comes from; --datasets names other sets`,
  });
}

/** Targets whose files are there. */
function targetsOf(keys: readonly string[], { dataRoot, subsample }: LoadOptions, say: Say): string[] {
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
function remarkOnModel(keys: readonly string[], { backbones }: GridOptions, say: Say): void {
  if (backbones !== undefined || keys.every(isInSuite)) return;
  say(
    `model: ${DEFAULT_BACKBONE}, which is tiny and was made for drawings; its numbers on photographs mean little. The paper's: --backbone RN50`,
  );
}

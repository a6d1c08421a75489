import { readPaperReference } from '../../benchmarks/index.ts';
import { datasetAdapter, isDatasetKey } from '../../datasets/index.ts';
import { PUBLISHED_MODELS } from '../checkpoint/index.ts';
import type { Dataset } from '../data/index.ts';
import { methodOf, methodTitle, settingWords } from '../methods/index.ts';
import { withoutSecrets } from '../queue/index.ts';
import type { PaperReference, ReportPlan, RunCircumstances } from '../report/index.ts';
import {
  type Experiment,
  planStudy,
  type RunSummary,
  runtimeVersions,
  type StudyGrid,
} from '../runner/index.ts';
import { testPictures } from './test-pictures.ts';

/** What the paper's backbones are, by content. */
const OPENAI_WEIGHTS: ReadonlySet<string> = new Set(
  PUBLISHED_MODELS.flatMap((model) => (model.publisher === 'openai' ? [model.sha256] : [])),
);

/** How a report came to be. */
interface ReportCircumstances {
  readonly command: string;
  /** While a run goes on: after how many seconds the page loads itself again. */
  readonly reloadSeconds: number | null;
}

/** What a report shows of one study. */
function reportPlan(
  experiment: Experiment,
  grid: StudyGrid,
  { command, paper, reloadSeconds }: ReportCircumstances & { readonly paper: PaperReference },
): ReportPlan {
  const { study, datasets, targets, methods, shots, seeds } = grid;
  const { versions, gitRevision } = runtimeVersions(experiment.engineVersions);
  return {
    experiment: study.key,
    title: study.title,
    introduction: study.introduction,
    command,
    cells: planStudy(experiment, grid),
    datasets: [...datasets, ...targets].map(({ key, title, classNames }) => ({ key, title, classNames })),
    methods: methods.map((key) => ({ key, title: methodTitle(key) })),
    shots,
    seeds,
    ...(reloadSeconds === null ? {} : { reloadSeconds }),
    paper,
    paperWeights: OPENAI_WEIGHTS,
    notes: datasetNotes(grid, experiment.data),
    ...testPictures(grid, experiment.limit),
    versions: { ...versions, ...(gitRevision === null ? {} : { revision: gitRevision }) },
    kindTitle: (config) => methodOf(config).title,
    settingWords,
  };
}

/**
 * Writes the tables, plots and page of an experiment from its records; nothing is computed. An experiment of several
 * studies gets a folder a study, and a page over all of them.
 *
 * @param records Those of the plan that are there. `reloadSeconds`: see `ReportPlan`.
 * @param command What makes or continues the run, as the page shows it.
 * @param run How the command ran that computed; absent where none did.
 * @throws {UserError} FOLDER_NOT_WRITABLE, DISK_FULL
 */
export async function writeExperimentReport(
  experiment: Experiment,
  {
    records,
    reloadSeconds = null,
  }: Pick<RunSummary, 'records'> & Partial<Pick<ReportCircumstances, 'reloadSeconds'>>,
  outDir: string,
  command: string,
  run?: RunCircumstances,
): Promise<void> {
  // The plotting libraries take a second to load: only when there is something to write.
  const { parsePaperReference, writeExperiment, writeReport } = await import('../report/index.ts');
  const paper = parsePaperReference(readPaperReference());
  const { title, introduction } = experiment.benchmark;
  const studies = experiment.grids.map((grid) =>
    reportPlan(experiment, grid, { command, paper, reloadSeconds }),
  );
  if (studies.length === 1) await writeReport(outDir, studies[0]!, records, run);
  else {
    const reload = reloadSeconds === null ? {} : { reloadSeconds };
    await writeExperiment(outDir, { title, introduction, command, studies, ...reload }, records, run);
  }
}

/** What a reader of the numbers should know about the sets. */
function datasetNotes({ datasets, targets }: StudyGrid, data: Experiment['data']): string[] {
  const made = datasets.filter(({ key }) => !isEmbedded(key));
  const splits = made.map(({ title, splitSource }) => `${title}: ${splitSource}`);
  return [
    ...ownNotes([...datasets, ...targets]),
    ...(splits.length > 0 ? [`Splits: ${splits.join('; ')}`] : []),
    ...(data.subsample === 'all'
      ? []
      : [`Only the ${data.subsample} half of each set's classes is looked at`]),
  ];
}

const isEmbedded = (key: string): boolean => isDatasetKey(key) && datasetAdapter(key).disk === null;

function ownNotes(datasets: readonly Dataset[]): string[] {
  return datasets.flatMap(({ title, note }) => (note === null ? [] : [`${title}: ${note}`]));
}

/** Words of a command line as they can be typed again, but for passwords. */
export function commandLine(words: readonly string[]): string {
  const quote = (word: string) => (/^[\w./:=,@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return ['npx coop-bench', ...words.map(withoutSecrets).map(quote)].join(' ');
}

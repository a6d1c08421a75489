import { datasetAdapter, isDatasetKey } from '../../datasets/index.ts';
import { methodTitle } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { type Experiment, type RunSummary, runtimeVersions } from '../runner/index.ts';

/**
 * Writes the tables, plots and page of an experiment from its records; nothing is computed.
 *
 * @param from The whole plan, and the records of it that are there.
 * @param command What makes or continues the run, as the page shows it.
 * @throws {UserError} FOLDER_NOT_WRITABLE, DISK_FULL
 */
export async function writeExperimentReport(
  experiment: Experiment,
  from: Pick<RunSummary, 'cells' | 'records'>,
  outDir: string,
  command: string,
): Promise<void> {
  // The plotting libraries take a second to load: only when there is something to write.
  const { writeReport } = await import('../report/index.ts');
  const { benchmark } = experiment;
  const titled = ({ key, title }: { key: string; title: string }) => ({ key, title });
  const { versions, gitRevision } = runtimeVersions(experiment.engineVersions);
  await writeReport(
    outDir,
    {
      experiment: benchmark.key,
      title: benchmark.title,
      introduction: benchmark.introduction,
      command,
      cells: from.cells,
      datasets: [...experiment.datasets, ...experiment.targets].map(titled),
      methods: experiment.methods.map((key) => ({ key, title: methodTitle(key) })),
      shots: experiment.shots,
      seeds: experiment.seeds,
      notes: datasetNotes(experiment),
      versions: { ...versions, ...(gitRevision === null ? {} : { revision: gitRevision }) },
    },
    from.records,
  );
}

/** What a reader of the numbers should know about the sets. */
function datasetNotes({ datasets, targets, data }: Experiment): string[] {
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

/** Words of a command line as they can be typed again. */
export function commandLine(words: readonly string[]): string {
  const quote = (word: string) => (/^[\w./:=,@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return ['npx coop-bench', ...words.map(quote)].join(' ');
}

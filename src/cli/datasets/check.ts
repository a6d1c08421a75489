import { Command } from 'commander';
import {
  DATASETS,
  type DatasetAdapter,
  datasetAdapter,
  ICON_SHIFTS,
  ICON_SUITE,
  isDatasetKey,
  loadDataset,
  type PublishedCounts,
  surveyDataset,
} from '../../../datasets/index.ts';
import { parseList, UserError } from '../../config/index.ts';
import { checkPictures, type Dataset, type PictureCheck } from '../../data/index.ts';
import { INTERRUPTED_EXIT_CODE, watchInterrupt } from '../../runner/index.ts';
import { cacheFolder } from '../cache-folder.ts';
import { remark } from '../command-options.ts';
import { addDataOptions, type DataFlags, nameDatasets } from '../data-options.ts';
import { exitWith } from '../exit.ts';
import { type CheckedDataset, formatChecks } from './check-summary.ts';

interface CheckFlags extends DataFlags {
  readonly datasets?: readonly string[];
  readonly deep?: boolean;
  readonly cache?: string;
  readonly json?: boolean;
}

/** Progress lines on a terminal's last line; a file gets none. */
function progressLine(key: string): (doing: string, done: number, of: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (doing, done, of) => {
    process.stderr.write(`\r\u001b[K${key}: ${doing}, ${done} of ${of}`);
    if (done === of) process.stderr.write('\r\u001b[K');
  };
}

const sizesOf = ({ classNames, train, val, test }: Dataset): PublishedCounts => ({
  classes: classNames.length,
  train: train.length,
  val: val.length,
  test: test.length,
});

function isSound(counts: PublishedCounts, published: PublishedCounts | null, check: PictureCheck): boolean {
  const differs = published !== null && JSON.stringify(counts) !== JSON.stringify(published);
  return (
    !differs && check.missing.length === 0 && check.unreadable.length === 0 && check.listedTwice.length === 0
  );
}

async function checkOne(
  key: string,
  flags: CheckFlags,
  data: Parameters<typeof loadDataset>[1],
  signal: AbortSignal,
): Promise<CheckedDataset> {
  const adapter: DatasetAdapter | null = isDatasetKey(key) ? datasetAdapter(key) : null;
  // Half of a set has no published sizes.
  const published = flags.subsample === undefined || flags.subsample === 'all' ? adapter?.published : null;
  try {
    const dataset = await loadDataset(key, data);
    const deep = flags.deep ?? false;
    const pictures = await checkPictures(dataset, { deep, signal, onProgress: progressLine(key) });
    const counts = sizesOf(dataset);
    const { title, splitSource, fingerprint } = dataset;
    return {
      key,
      title,
      splitSource,
      fingerprint,
      counts,
      published: published ?? null,
      pictures,
      problem: null,
      sound: isSound(counts, published ?? null, pictures),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      key,
      title: adapter?.title ?? key,
      splitSource: null,
      fingerprint: null,
      counts: null,
      published: published ?? null,
      pictures: null,
      problem: error.message,
      sound: false,
    };
  }
}

/**
 * What is checked unless it is said: what is found under `--data`; without one, the embedded sets. Targets have no
 * halves.
 */
function defaultKeys({ data, subsample = 'all' }: CheckFlags): readonly string[] {
  const targetsToo = subsample === 'all';
  if (data === undefined) return [...ICON_SUITE, ...(targetsToo ? ICON_SHIFTS : [])];
  const { data: options } = nameDatasets([], { data }, null);
  return Object.values(DATASETS)
    .filter(({ targetOf }) => targetsToo || targetOf === null)
    .filter((adapter) => ['found', 'incomplete'].includes(surveyDataset(adapter, options.dataRoot).status))
    .map(({ key }) => key);
}

async function check(flags: CheckFlags): Promise<void> {
  const { keys, data } = nameDatasets(flags.datasets ?? defaultKeys(flags), flags, cacheFolder(flags.cache));
  if (keys.length === 0) {
    throw new UserError('NO_DATASETS', {
      where: `--data ${flags.data}`,
      expected: 'folders of known datasets',
      found: 'none',
      hint: `coop-bench datasets list --data ${flags.data} says what is looked for`,
    });
  }
  const interrupt = watchInterrupt();
  const checked: CheckedDataset[] = [];
  try {
    for (const key of keys) {
      checked.push(await checkOne(key, flags, data, interrupt.signal));
      if (!flags.json) process.stdout.write(formatChecks(checked.slice(-1), flags.deep ?? false));
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    remark(`stopped; ${checked.length} of ${keys.length} sets were checked`);
    exitWith(INTERRUPTED_EXIT_CODE);
    return;
  } finally {
    interrupt.dispose();
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(checked)}\n`);
  if (checked.some(({ sound }) => !sound)) exitWith(1);
}

/** `coop-bench datasets check` */
export function checkCommand(): Command {
  const command = new Command('check')
    .description('whether every picture of every split is there, once, and as many as published')
    .option(
      '--datasets <list>',
      'sets to check: names, or paths of your own (default: those under --data)',
      (text: string) => parseList('datasets', text),
    )
    .option('--deep', 'decode every picture too')
    .option('--cache <dir>', 'folder of kept listings (default: COOP_BENCH_CACHE or the user cache)')
    .option('--json', 'a JSON list of objects');
  return addDataOptions(command)
    .addHelpText(
      'after',
      `
Looks for every file, compares the sizes with those published, and finds pictures that are listed twice or stand
in two lists with the same bytes. Exit code 1 if pictures are missing, damaged or listed twice, or sizes differ;
equal bytes in two lists are only reported: some of the published splits have such pairs.

Examples:
  npx coop-bench datasets check --data ~/datasets
  npx coop-bench datasets check --data ~/datasets --datasets dtd,eurosat --deep
  npx coop-bench datasets check --datasets ~/pictures/birds --deep`,
    )
    .action(check);
}

import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  DATASETS,
  type DatasetAdapter,
  type DatasetSurvey,
  EMBEDDED_ONLY,
  loadDataset,
  type PublishedCounts,
  surveyDataset,
} from '../../../datasets/index.ts';
import { UserError } from '../../config/index.ts';
import { cacheFolder } from '../cache-folder.ts';
import { checkDataFolder } from '../data-options.ts';
import { alignColumns } from './columns.ts';

interface ListFlags {
  readonly data?: string;
  readonly cache?: string;
  readonly json?: boolean;
}

/** A dataset as a program reads it. */
interface ListedDataset extends Pick<DatasetAdapter, 'key' | 'title' | 'targetOf' | 'prompt' | 'licence'> {
  readonly classes: number;
  readonly train: number;
  readonly val: number;
  readonly test: number;
  /** `embedded`, `found`, `incomplete`, `damaged`, `missing`. */
  readonly state: DatasetSurvey['status'] | 'damaged';
  readonly folder: string | null;
  /** The split that is read, or null. */
  readonly split: string | null;
  readonly missing: readonly string[];
  /** What is wrong with a damaged one. */
  readonly problem: string | null;
  readonly homePage: string;
  readonly citation: string | null;
}

/** Sizes as they are where the dataset can be read, else as they were published. */
async function sizesOf(
  { key, published }: DatasetAdapter,
  { status }: DatasetSurvey,
  flags: ListFlags,
): Promise<PublishedCounts & { readonly split: string | null }> {
  if (status === 'missing' || status === 'incomplete') {
    return { ...(published as PublishedCounts), split: null };
  }
  const dataRoot = flags.data === undefined ? null : resolve(flags.data);
  const { classNames, train, val, test, splitSource } = await loadDataset(key, {
    ...EMBEDDED_ONLY,
    dataRoot,
    cacheDir: cacheFolder(flags.cache),
  });
  return {
    classes: classNames.length,
    train: train.length,
    val: val.length,
    test: test.length,
    split: splitSource,
  };
}

async function describe(adapter: DatasetAdapter, flags: ListFlags): Promise<ListedDataset> {
  const { key, title, targetOf, prompt, licence, homePage, citation, published } = adapter;
  const survey = surveyDataset(adapter, flags.data === undefined ? null : resolve(flags.data));
  const facts = { key, title, targetOf, prompt, licence, homePage, citation };
  const { status: state, folder, missing } = survey;
  try {
    const sizes = await sizesOf(adapter, survey, flags);
    return { ...facts, ...sizes, state, folder, missing, problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const sizes = published ?? { classes: 0, train: 0, val: 0, test: 0 };
    return { ...facts, ...sizes, state: 'damaged', folder, split: null, missing, problem: error.message };
  }
}

/** Of a message's lines where it is, and what was found there. */
function placeAndFinding(problem: string): string {
  const found = /^ {2}found: +(.*)$/m.exec(problem)?.[1];
  return [problem.split('\n')[0], found].filter((part) => part !== undefined).join(': ');
}

function stateInWords({ state, split, missing, problem, homePage }: ListedDataset): string {
  switch (state) {
    case 'embedded':
      return 'embedded';
    case 'found':
      return `found: ${split}`;
    case 'incomplete':
      return `incomplete: no ${missing.join(', no ')}; see CoOp's DATASETS.md and ${homePage}`;
    case 'missing':
      return `${missing.join(', ')}/ from ${homePage}`;
    case 'damaged':
      return `damaged: ${placeAndFinding(problem ?? '')}`;
    default:
      return state satisfies never;
  }
}

async function list(flags: ListFlags): Promise<void> {
  if (flags.data !== undefined) checkDataFolder(flags.data);
  const found: ListedDataset[] = [];
  for (const adapter of Object.values(DATASETS)) found.push(await describe(adapter, flags));
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  const header = ['KEY', 'TITLE', 'CLASSES', 'TRAIN', 'VAL', 'TEST', 'PROMPT', 'STATE'];
  const rows = found.map((of) => [
    of.key,
    of.title,
    of.classes,
    of.train,
    of.val,
    of.test,
    of.prompt,
    stateInWords(of),
  ]);
  process.stdout.write(alignColumns([header, ...rows]));
}

/** `coop-bench datasets list` */
export function listCommand(): Command {
  return new Command('list')
    .description('the known datasets: sizes, prompts, what is found and where the rest comes from')
    .option('--data <dir>', "folder of datasets, prepared as CoOp's DATASETS.md says")
    .option('--cache <dir>', 'folder of kept listings (default: COOP_BENCH_CACHE or the user cache)')
    .option('--json', 'a JSON list of objects, licences and citations included')
    .addHelpText(
      'after',
      `
CLASSES, and pictures in TRAIN, VAL and TEST: as they are where a set is found, else as published. A set with no
training pictures is a target of domain shift.

Examples:
  npx coop-bench datasets list
  npx coop-bench datasets list --data ~/datasets
  npx coop-bench datasets list --json`,
    )
    .action(list);
}

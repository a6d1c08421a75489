import { Command } from 'commander';
import { DATASETS, datasetAdapter, ICON_SUITE, loadDataset } from '../../datasets/index.ts';
import { UserError } from '../config/index.ts';
import { type Dataset, type Datum, drawFewShot } from '../data/index.ts';
import { remark, wholeNumber } from './command-options.ts';

interface ListedDataset {
  readonly key: string;
  readonly title: string;
  readonly classes: number;
  readonly train: number;
  readonly val: number;
  readonly test: number;
  /** Key of the dataset whose classes it is tested with; null for one with training pictures. */
  readonly targetOf: string | null;
  readonly prompt: string;
  readonly licence: string;
}

async function describe(key: string): Promise<ListedDataset> {
  const { title, targetOf, prompt, licence } = datasetAdapter(key);
  const { classNames, train, val, test } = await loadDataset(key);
  return {
    key,
    title,
    classes: classNames.length,
    train: train.length,
    val: val.length,
    test: test.length,
    targetOf,
    prompt,
    licence,
  };
}

/** Lines of equally wide columns; numbers to the right. */
function alignColumns(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (row: readonly (string | number)[]) =>
    row
      .map((cell, i) =>
        typeof cell === 'number' ? String(cell).padStart(widths[i]!) : cell.padEnd(widths[i]!),
      )
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

async function list({ json = false }: { readonly json?: boolean }): Promise<void> {
  const found = [];
  for (const key of Object.keys(DATASETS)) found.push(await describe(key));
  if (json) {
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  const header = ['KEY', 'TITLE', 'CLASSES', 'TRAIN', 'VAL', 'TEST', 'PROMPT', 'LICENCE'];
  const rows = found.map((of) => [
    of.key,
    of.title,
    of.classes,
    of.train,
    of.val,
    of.test,
    of.prompt,
    of.licence,
  ]);
  process.stdout.write(alignColumns([header, ...rows]));
}

interface SampleFlags {
  readonly dataset: string;
  readonly shots: number;
  readonly seed: number;
  readonly json?: boolean;
}

function checkSource({ key, train }: Dataset): void {
  if (train.length > 0) return;
  throw new UserError('NOT_A_SOURCE', {
    where: `--dataset ${key}`,
    expected: `a dataset with training pictures, e.g. ${ICON_SUITE.join(', ')}`,
    found: 'a target of domain shift: test pictures only',
  });
}

async function sample({ dataset: key, shots, seed, json = false }: SampleFlags): Promise<void> {
  const dataset = await loadDataset(key);
  checkSource(dataset);
  const draw = drawFewShot(dataset, shots, seed);
  const perClass = new Map<number, number>();
  for (const { label } of dataset.train) perClass.set(label, (perClass.get(label) ?? 0) + 1);
  const largest = Math.max(...perClass.values());
  if (shots > largest)
    remark(`no class of ${key} has ${shots} training pictures; the largest has ${largest}`);
  if (json) {
    const names = (part: readonly Datum[]) => part.map(({ picture }) => picture.name);
    process.stdout.write(`${JSON.stringify({ train: names(draw.train), val: names(draw.val) })}\n`);
    return;
  }
  for (const split of ['train', 'val'] as const) {
    for (const { picture, label } of draw[split]) {
      process.stdout.write(`${split}\t${picture.name}\t${label}\t${dataset.classNames[label]}\n`);
    }
  }
}

/** `coop-bench datasets …`: what can be trained on, and what a few-shot draw takes of it. */
export function datasetsCommand(): Command {
  const listing = new Command('list')
    .description('the known datasets with their sizes, prompts and licences')
    .option('--json', 'a JSON list of objects: key title classes train val test targetOf prompt licence')
    .addHelpText(
      'after',
      `
CLASSES, and pictures in TRAIN, VAL and TEST. A set with no training pictures is a target of domain shift.

Examples:
  npx coop-bench datasets list
  npx coop-bench datasets list --json`,
    )
    .action(list);
  const sampling = new Command('sample')
    .description('the pictures of one few-shot draw')
    .requiredOption('--dataset <key>', 'one of: coop-bench datasets list')
    .requiredOption('--shots <K>', 'training pictures a class', wholeNumber('shots', 1))
    .requiredOption('--seed <S>', 'seed of the draw', wholeNumber('seed', 0))
    .option('--json', '{"train": [names], "val": [names]} instead of lines')
    .addHelpText(
      'after',
      `
Out, in drawing order: K training pictures a class and min(K, 4) validation pictures a class. A class with
fewer gives all it has. Without --json a line a picture: split, name, label, class name, separated by tabs.

Examples:
  npx coop-bench datasets sample --dataset icons --shots 16 --seed 1
  npx coop-bench datasets sample --dataset icons_arrows --shots 2 --seed 3 --json`,
    )
    .action(sample);
  return new Command('datasets')
    .description('list the datasets, or show a few-shot draw')
    .addCommand(listing)
    .addCommand(sampling);
}

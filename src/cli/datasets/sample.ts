import { Command } from 'commander';
import { loadDataset } from '../../../datasets/index.ts';
import { UserError } from '../../config/index.ts';
import { type Dataset, type Datum, drawFewShot } from '../../data/index.ts';
import { cacheFolder } from '../cache-folder.ts';
import { remark, wholeNumber } from '../command-options.ts';
import { addDataOptions, type DataFlags, nameDatasets } from '../data-options.ts';

interface SampleFlags extends DataFlags {
  readonly dataset: string;
  readonly shots: number;
  readonly seed: number | bigint;
  readonly cache?: string;
  readonly json?: boolean;
}

/** Any integer: what Python's `random.seed` takes. */
function parseSeed(text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text.trim())) {
    throw new UserError('BAD_OPTION', {
      where: '--seed',
      expected: 'a whole number of any size',
      found: JSON.stringify(text),
    });
  }
  const seed = Number(text);
  return Number.isSafeInteger(seed) ? seed : BigInt(text.trim().replace(/^\+/, ''));
}

function checkSource({ key, train }: Dataset): void {
  if (train.length > 0) return;
  throw new UserError('NOT_A_SOURCE', {
    where: `--dataset ${key}`,
    expected: 'a dataset with training pictures; coop-bench datasets list shows which',
    found: 'a target of domain shift: test pictures only',
  });
}

async function sample({ dataset: name, shots, seed, json = false, ...flags }: SampleFlags): Promise<void> {
  const { keys, data } = nameDatasets([name], flags, cacheFolder(flags.cache));
  const dataset = await loadDataset(keys[0]!, data);
  checkSource(dataset);
  const draw = drawFewShot(dataset, shots, seed);
  const perClass = new Map<number, number>();
  for (const { label } of dataset.train) perClass.set(label, (perClass.get(label) ?? 0) + 1);
  const largest = Math.max(...perClass.values());
  if (shots > largest)
    remark(`no class of ${dataset.key} has ${shots} training pictures; the largest has ${largest}`);
  if (draw.published !== null)
    remark('drawn as the file split_fewshot beside the data says; the seed alone draws other pictures');
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

/** `coop-bench datasets sample` */
export function sampleCommand(): Command {
  const command = new Command('sample')
    .description('the pictures of one few-shot draw')
    .requiredOption('--dataset <key>', 'one of: coop-bench datasets list; or the path of your own pictures')
    .requiredOption('--shots <K>', 'training pictures a class', wholeNumber('shots', 1))
    .requiredOption('--seed <S>', 'seed of the draw: any whole number', parseSeed)
    .option('--cache <dir>', 'folder of kept listings (default: COOP_BENCH_CACHE or the user cache)')
    .option('--json', '{"train": [names], "val": [names]} instead of lines');
  return addDataOptions(command)
    .addHelpText(
      'after',
      `
Out, in drawing order: K training pictures a class and min(K, 4) validation pictures a class; names as the split
writes them. A class with fewer gives all it has. Needs the split, not the pictures. Without --json a line a
picture: split, name, label, class name, separated by tabs.

Examples:
  npx coop-bench datasets sample --dataset icons --shots 16 --seed 1
  npx coop-bench datasets sample --data ~/datasets --dataset oxford_pets --shots 16 --seed 1 --json
  npx coop-bench datasets sample --data ~/datasets --dataset dtd --subsample base --shots 4 --seed 2`,
    )
    .action(sample);
}

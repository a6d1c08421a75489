import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { datasetAdapter, isDatasetKey, loadDataset } from '../../../datasets/index.ts';
import { UserError } from '../../config/index.ts';
import { formatSplitFile } from '../../data/index.ts';
import { writeFileAtomic } from '../../files/index.ts';
import { cacheFolder } from '../cache-folder.ts';
import { remark } from '../command-options.ts';
import { addDataOptions, type DataFlags, nameDatasets } from '../data-options.ts';

interface SplitFlags extends DataFlags {
  readonly dataset: string;
  readonly save?: boolean;
  readonly cache?: string;
}

/** Where CoOp's split file of a dataset would be; refused where there is none, or one is there. */
function placeFor(key: string, dataRoot: string | null): string {
  const disk = isDatasetKey(key) ? datasetAdapter(key).disk : null;
  if (disk === null || disk.splitFile === null || dataRoot === null) {
    throw new UserError('BAD_OPTION', {
      where: `--save with ${key}`,
      expected: 'a set for which CoOp has a split file, such as oxford_pets, under --data',
      found: 'one without',
      hint: 'leave --save out: the split is then written to standard output',
    });
  }
  const path = join(dataRoot, disk.folder, disk.splitFile);
  if (!existsSync(path)) return path;
  throw new UserError('SPLIT_EXISTS', {
    where: path,
    expected: 'no split file yet',
    found: 'one that is in use',
    hint: 'move it away first if another is wanted',
  });
}

async function split({ dataset: name, save = false, ...flags }: SplitFlags): Promise<void> {
  const { keys, data } = nameDatasets([name], flags, cacheFolder(flags.cache));
  const key = keys[0]!;
  if (save && data.subsample !== 'all') {
    throw new UserError('BAD_OPTION', {
      where: `--save with --subsample ${data.subsample}`,
      expected: 'the split of all classes, which CoOp looks for under that name',
      found: 'half of them',
      hint: 'leave --save out: the half is then written to standard output',
    });
  }
  const path = save ? placeFor(key, data.dataRoot) : null;
  const dataset = await loadDataset(key, data);
  const text = formatSplitFile(dataset);
  const { train, val, test, splitSource } = dataset;
  remark(`${key}: ${train.length} train, ${val.length} val, ${test.length} test; from ${splitSource}`);
  if (path === null) {
    process.stdout.write(text);
    return;
  }
  writeFileAtomic(path, [text]);
  remark(`saved: ${path}`);
}

/** `coop-bench datasets split` */
export function splitCommand(): Command {
  const command = new Command('split')
    .description("a dataset's split in CoOp's format, made from its annotations where there is no file")
    .requiredOption('--dataset <key>', 'one of: coop-bench datasets list; or the path of your own pictures')
    .option('--save', 'write it beside the data, where CoOp looks for it, instead of to standard output')
    .option('--cache <dir>', 'folder of kept listings (default: COOP_BENCH_CACHE or the user cache)');
  return addDataOptions(command)
    .addHelpText(
      'after',
      `
A split that is made here is made the same every time; nothing is saved unless --save is given.

Examples:
  npx coop-bench datasets split --data ~/datasets --dataset sun397 > split.json
  npx coop-bench datasets split --data ~/datasets --dataset sun397 --save`,
    )
    .action(split);
}

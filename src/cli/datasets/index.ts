import { Command } from 'commander';
import { checkCommand } from './check.ts';
import { listCommand } from './list.ts';
import { sampleCommand } from './sample.ts';
import { splitCommand } from './split.ts';

/** `coop-bench datasets …`: what can be trained on, whether it is whole, and what a few-shot draw takes of it. */
export function datasetsCommand(): Command {
  return new Command('datasets')
    .description('list and check the datasets, show a split or a few-shot draw')
    .addHelpText(
      'after',
      `
Your own pictures need no code; wherever a dataset is named, a path may stand:
  a folder with one folder a class, or with train/, test/ and perhaps val/ that have them
  a CSV file with the columns path, label and perhaps split
  a metadata.jsonl as Hugging Face's image folders have it, or the folder it lies in
A file dataset.json in the folder may say title, prompt and classNames. More: docs/datasets.md`,
    )
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(sampleCommand())
    .addCommand(splitCommand());
}

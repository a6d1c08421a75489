import { Command } from 'commander';
import { promptExportCommand } from './prompt-export.ts';
import { promptShowCommand } from './prompt-show.ts';

/** `coop-bench prompt …` */
export function promptCommand(): Command {
  return new Command('prompt')
    .description('learned prompts as files: look at them, hand them on')
    .addCommand(promptShowCommand())
    .addCommand(promptExportCommand());
}

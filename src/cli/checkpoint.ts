import { Command } from 'commander';
import { checkpointDownloadCommand } from './checkpoint-download.ts';
import { checkpointInspectCommand } from './checkpoint-inspect.ts';
import { checkpointListCommand } from './checkpoint-list.ts';

/** `coop-bench checkpoint …`: models to start from. */
export function checkpointCommand(): Command {
  return new Command('checkpoint')
    .description('list, fetch and inspect models')
    .addCommand(checkpointListCommand())
    .addCommand(checkpointDownloadCommand())
    .addCommand(checkpointInspectCommand());
}

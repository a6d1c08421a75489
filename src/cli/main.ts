import { Command, CommanderError } from 'commander';
import { UserError } from '../config/index.ts';
import { INTERRUPTED_EXIT_CODE } from '../runner/index.ts';
import { benchCommand } from './bench.ts';
import { checkpointCommand } from './checkpoint.ts';
import { datasetsCommand } from './datasets/index.ts';
import { debugCommand } from './debug.ts';
import { exitCode, InterruptedError } from './exit.ts';
import { featuresCommand } from './features.ts';
import { predictCommand } from './predict.ts';
import { preprocessCommand } from './preprocess.ts';
import { promptCommand } from './prompt.ts';
import { reportCommand } from './report.ts';
import { tokenizeCommand } from './tokenize.ts';
import { wordsCommand } from './words.ts';
import { workerCommand } from './worker.ts';

/** Exit code of a request that was wrong: nothing was computed. */
const BAD_REQUEST = 2;

/** These are no wrong request, and what was finished is kept. */
const LATE_PROBLEMS: ReadonlySet<string> = new Set(['DISK_FULL', 'QUEUE_LOST']);

function program(): Command {
  const root = new Command('coop-bench')
    .description('Prompt learning on CLIP: benchmarks that are exact and can be repeated.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 some cells or pictures failed, 2 the request was wrong, 130 interrupted.',
    );
  const commands = [
    benchCommand,
    workerCommand,
    reportCommand,
    datasetsCommand,
    checkpointCommand,
    featuresCommand,
    predictCommand,
    promptCommand,
    wordsCommand,
    tokenizeCommand,
    preprocessCommand,
    debugCommand,
  ];
  for (const make of commands) root.addCommand(make());
  return root;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

/** A reader that has seen enough (`| head`) ends the command without a complaint, as other tools do. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode());
    throw error;
  });
}

/** Runs the command. @returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  endWithReader();
  const root = program();
  throwInsteadOfExit(root);
  try {
    await root.parseAsync(args, { from: 'user' });
    return exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_REQUEST;
    if (error instanceof InterruptedError) {
      process.stderr.write(`${error.message}\n`);
      return INTERRUPTED_EXIT_CODE;
    }
    if (error instanceof UserError) {
      process.stderr.write(`error ${error.code}: ${error.message}\n`);
      return LATE_PROBLEMS.has(error.code) ? 1 : BAD_REQUEST;
    }
    process.stderr.write(`internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
}

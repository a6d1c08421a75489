import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { UserError } from '../config/index.ts';
import { exitCode, InterruptedError } from './exit.ts';

/** Exit code of a request that was wrong: nothing was computed. */
const BAD_REQUEST = 2;

/** These are no wrong request, and what was finished is kept. */
const LATE_PROBLEMS: ReadonlySet<string> = new Set(['DISK_FULL', 'QUEUE_LOST']);

/** Every command, read when it is asked for: a start that needs one of them need not wait for the others. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  bench: async () => (await import('./bench.ts')).benchCommand(),
  worker: async () => (await import('./worker.ts')).workerCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  datasets: async () => (await import('./datasets/index.ts')).datasetsCommand(),
  checkpoint: async () => (await import('./checkpoint.ts')).checkpointCommand(),
  features: async () => (await import('./features.ts')).featuresCommand(),
  predict: async () => (await import('./predict.ts')).predictCommand(),
  prompt: async () => (await import('./prompt.ts')).promptCommand(),
  words: async () => (await import('./words.ts')).wordsCommand(),
  tokenize: async () => (await import('./tokenize.ts')).tokenizeCommand(),
  preprocess: async () => (await import('./preprocess.ts')).preprocessCommand(),
  debug: async () => (await import('./debug.ts')).debugCommand(),
};

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The one command that is named; all of them for help, and for a name that is none. */
function wanted([first = '']: readonly string[]): readonly (() => Promise<Command>)[] {
  if (first === '--version' || first === '-V') return [];
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return named === undefined ? Object.values(COMMANDS) : [named];
}

async function program(args: readonly string[]): Promise<Command> {
  const root = new Command('coop-bench')
    .description('Prompt learning on CLIP: benchmarks that are exact and can be repeated.')
    .version(ownVersion())
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 some cells or pictures failed, 2 the request was wrong, 130 interrupted.',
    );
  for (const load of wanted(args)) root.addCommand(await load());
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
  const root = await program(args);
  throwInsteadOfExit(root);
  try {
    await root.parseAsync(args, { from: 'user' });
    return exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_REQUEST;
    if (error instanceof InterruptedError) {
      process.stderr.write(`${error.message}\n`);
      return (await import('../runner/index.ts')).INTERRUPTED_EXIT_CODE;
    }
    if (error instanceof UserError) {
      process.stderr.write(`error ${error.code}: ${error.message}\n`);
      return LATE_PROBLEMS.has(error.code) ? 1 : BAD_REQUEST;
    }
    process.stderr.write(`internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  }
}

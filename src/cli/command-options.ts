import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { parseInteger, UserError } from '../config/index.ts';
import { type Engine, onnxEngine, referenceEngine } from '../runtime/index.ts';

/** Engines a single command can be run on. */
const ENGINES = ['onnxruntime', 'reference'] as const;

/** What `addEngineOptions` parses. */
export interface EngineFlags {
  readonly engine: (typeof ENGINES)[number];
  readonly threads?: number;
}

/** Parser of a whole number of at least `minimum`, for an option `--flag`. */
export const wholeNumber = (flag: string, minimum: number) => (text: string) =>
  parseInteger(flag, text, minimum);

/** Adds `--engine` and `--threads`. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'what computes; "reference" is a float64 interpreter: exact, and slow')
        .choices([...ENGINES])
        .default('onnxruntime'),
    )
    .option('--threads <N>', 'threads of onnxruntime (default: all cores)', wholeNumber('threads', 1));
}

/**
 * The engine that was asked for.
 * @throws {UserError} BAD_OPTION: threads for the reference engine, which has one.
 */
export function engineFrom({ engine, threads }: EngineFlags): Engine {
  if (engine === 'onnxruntime') return onnxEngine({ threads: threads ?? availableParallelism() });
  if (threads !== undefined) {
    throw new UserError('BAD_OPTION', {
      where: `--threads ${threads}`,
      expected: 'no --threads beside --engine reference, which computes in one thread',
      hint: 'leave one of the two out',
    });
  }
  return referenceEngine();
}

/** A remark for the person at the terminal; stdout belongs to results. */
export function remark(message: string): void {
  process.stderr.write(`${message}\n`);
}

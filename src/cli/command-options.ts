import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { ACTIVATIONS, type Activation } from '../checkpoint/index.ts';
import { parseInteger, UserError } from '../config/index.ts';
import {
  DEVICES,
  type Device,
  ENGINE_NAMES,
  type Engine,
  type EngineName,
  openEngine,
  referenceEngine,
} from '../runtime/index.ts';
import { chooseRuntime } from './runtime-choice.ts';

/** What `addEngineOptions` parses. */
export interface EngineFlags {
  readonly engine: EngineName | 'reference';
  readonly device?: Device;
  readonly threads?: number;
  readonly activation?: Activation;
  readonly cache?: string;
}

/** Parser of a whole number of at least `minimum`, for an option `--flag`. */
export const wholeNumber = (flag: string, minimum: number) => (text: string) =>
  parseInteger(flag, text, minimum);

/** Adds `--activation` and `--cache`, for commands that open a model. */
export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--activation <name>', 'activation of every model named, over what its files say').choices([
        ...ACTIVATIONS,
      ]),
    )
    .option('--cache <dir>', 'folder of downloaded models (default: COOP_BENCH_CACHE or the user cache)');
}

/** Adds `--engine`, `--device` and `--threads`. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'what computes; "reference" is a float64 interpreter: exact, and slow')
        .choices([...ENGINE_NAMES, 'reference'])
        .default('onnxruntime'),
    )
    .addOption(
      new Option(
        '--device <name>',
        'where the engine computes (default: the first of its own that is there)',
      ).choices([...DEVICES]),
    )
    .option('--threads <N>', 'threads of the engine (default: all cores)', wholeNumber('threads', 1));
}

/** Refuses an option that the reference engine does not honour. */
function refuseBesideReference(flag: string, value: unknown, reason: string): void {
  if (value === undefined) return;
  throw new UserError('BAD_OPTION', {
    where: `--${flag} ${value}`,
    expected: `no --${flag} beside --engine reference, which computes ${reason}`,
    hint: 'leave one of the two out',
  });
}

/**
 * The engine that was asked for; what a person should know of it goes to stderr.
 * @throws {UserError} BAD_OPTION: threads or a device for the reference engine. UNKNOWN_DEVICE, DEVICE_UNAVAILABLE.
 */
export async function engineFrom({ engine, device, threads }: EngineFlags): Promise<Engine> {
  if (engine === 'reference') {
    refuseBesideReference('threads', threads, 'in one thread');
    refuseBesideReference('device', device, 'in JavaScript');
    return referenceEngine();
  }
  const count = threads ?? availableParallelism();
  const choice = await chooseRuntime({ engine, device }, count);
  for (const line of choice.remarks) remark(line);
  return openEngine(choice, count);
}

/** A remark for the person at the terminal; stdout belongs to results. */
export function remark(message: string): void {
  process.stderr.write(`${message}\n`);
}

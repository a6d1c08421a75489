import { type Command, Option } from 'commander';
import { ACTIVATIONS } from '../checkpoint/index.ts';
import {
  type GridOptions,
  parseEpochs,
  parseInteger,
  parseIntegers,
  parseList,
  parseShard,
  parseViews,
} from '../config/index.ts';
import { METHOD_KEYS } from '../methods/index.ts';
import { PROGRESS_MODES, type ProgressMode } from '../runner/index.ts';
import { DEVICES, type Device, ENGINE_NAMES, type EngineName } from '../runtime/index.ts';
import { addDataOptions } from './data-options.ts';
import { addQueueOptions, type QueueFlags } from './queue-options.ts';

/** Everything a grid's command line says. */
export interface BenchFlags extends GridOptions, QueueFlags {
  readonly engine: EngineName;
  readonly device?: Device;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly progress: ProgressMode;
}

const list = (flag: string) => (text: string) => parseList(flag, text);
const integer = (flag: string, minimum: number) => (text: string) => parseInteger(flag, text, minimum);
const integers = (flag: string, minimum: number) => (text: string) => parseIntegers(flag, text, minimum);

/** Adds the options every grid takes. */
export function addGridOptions(command: Command): Command {
  const option = (flags: string, text: string, parse?: (text: string) => unknown) =>
    command.addOption(parse ? new Option(flags, text).argParser(parse) : new Option(flags, text));
  option(
    '--backbones, --backbone <list>',
    "models: icon-clip-rn, OpenAI's names (RN50, ViT-B/16, …), paths, or hf:owner/name",
    list('backbone'),
  );
  addDataOptions(command);
  option(
    '--datasets <list>',
    'sets to train on: all, names, or paths of your own pictures',
    list('datasets'),
  );
  option('--studies <list>', 'questions of the experiment, where it has several', list('studies'));
  option(
    '--methods <list>',
    `all of the experiment, or some of ${METHOD_KEYS.join(' ')}; settings behind colons: coop_m16_end:lr=0.02:views=fresh`,
    list('methods'),
  );
  option('--shots <list>', 'labelled training pictures a class', integers('shots', 1));
  option('--seeds <list>', 'seeds of draw, initialisation and training', integers('seeds', 0));
  option('--views <N|fresh>', 'fixed crops of each training picture, or a new one every time', parseViews);
  option(
    '--epochs <N|suite|paper>',
    "epochs: a number, the icon suite's schedule, or the paper's",
    parseEpochs,
  );
  option('--out <dir>', 'folder of records and report (default: reports/<benchmark>)');
  option('--cache <dir>', 'folder of cached image features (default: COOP_BENCH_CACHE or the user cache)');
  option(
    '--workers <N>',
    'cells computed at once (default: as many as there are cores)',
    integer('workers', 1),
  );
  option('--threads <N>', 'threads a cell uses (default: 1)', integer('threads', 1));
  command.addOption(
    new Option('--engine <name>', 'what computes').choices([...ENGINE_NAMES]).default('onnxruntime'),
  );
  command.addOption(
    new Option('--device <name>', 'where it computes (default: cpu; for tensorflow the first there)').choices(
      [...DEVICES],
    ),
  );
  command.addOption(
    new Option('--activation <name>', "the backbones' activation, where their files do not say").choices([
      ...ACTIVATIONS,
    ]),
  );
  option(
    '--limit <N>',
    'score at most N test pictures a set; the numbers are then no results',
    integer('limit', 1),
  );
  option(
    '--shard <I/N>',
    'compute part I of N only: every Nth cell, or group of cells that train together',
    parseShard,
  );
  addQueueOptions(command, 'let workers compute that take jobs from a queue');
  option('--dry-run', 'print the cells and what they would cost, and stop');
  option('--json', 'print a summary as JSON on stdout at the end');
  command.addOption(
    new Option('--progress <mode>', 'progress on stderr').choices([...PROGRESS_MODES]).default('auto'),
  );
  return command;
}

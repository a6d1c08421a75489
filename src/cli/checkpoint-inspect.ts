import { Command } from 'commander';
import { UserError } from '../config/index.ts';
import { formatBytes } from '../files/index.ts';
import { locateCheckpoint } from './backbones.ts';
import { cacheFolder } from './cache-folder.ts';
import { findDownloaded, isDownloadable } from './download-model.ts';
import { exitWith } from './exit.ts';
import { type InspectedTensor, type Inspection, inspectWeights } from './inspect-weights.ts';

interface InspectFlags {
  readonly cache?: string;
  readonly tensors?: boolean;
  readonly json?: boolean;
}

/** Oddities that are written out; a file of another kind has hundreds. */
const SHOWN = 20;

async function pathOf(name: string, cache: string): Promise<string> {
  // A model is looked at where it lies; nothing is fetched for it.
  if (!isDownloadable(name)) return locateCheckpoint(name, null);
  const found = findDownloaded(name, cache);
  if (found !== null) return found;
  throw new UserError('NOT_DOWNLOADED', {
    where: name,
    expected: 'a file, or a model that was downloaded',
    found: `the name of a published model that is not in ${cache}`,
    hint: `coop-bench checkpoint download ${name}`,
  });
}

async function inspect(name: string, { cache, tensors = false, json = false }: InspectFlags): Promise<void> {
  const found = await inspectWeights(await pathOf(name, cacheFolder(cache)));
  if (found.odd.length > 0) exitWith(1);
  if (json) {
    const { tensors: all, ...rest } = found;
    const value = { ...rest, tensorCount: all.length, ...(tensors && { tensors: all }) };
    process.stdout.write(`${JSON.stringify(value)}\n`);
    return;
  }
  const lines = summary(found).map(([title, text]) => `${title.padEnd(14)}${text}`);
  if (tensors) lines.push(...found.tensors.map(tensorLine));
  process.stdout.write(`${lines.join('\n')}\n`);
}

function summary(found: Inspection): [string, string][] {
  const { facts, odd, unused } = found;
  const dtypes = Object.entries(found.dtypes).map(([dtype, count]) => `${count} ${dtype}`);
  return [
    ['file', found.path],
    ...(found.files.length > 1 ? [['weights', `${found.files.length} files`] as [string, string]] : []),
    ['format', found.format ?? 'cannot be read'],
    ['size', formatBytes(found.bytes)],
    ['sha256', found.sha256],
    ...(found.published === null ? [] : [['published as', found.published] as [string, string]]),
    ...architectureLines(found),
    ['parameters', found.parameters === null ? '–' : found.parameters.toLocaleString('en')],
    ['tensors', dtypes.length === 0 ? '–' : dtypes.join(', ')],
    ['names', { openai: "OpenAI's", huggingface: "Hugging Face's", none: '–' }[found.names ?? 'none']],
    ...(facts === null
      ? []
      : ([
          ['activation', `${activationText(facts)}, ${facts.activationSource}`],
          ['mean', facts.normalization.mean.join(' ')],
          ['std', facts.normalization.std.join(' ')],
        ] satisfies [string, string][])),
    ...(unused.length === 0 ? [] : [['not used', listText(unused)] as [string, string]]),
    ['odd', odd.length === 0 ? 'nothing' : String(odd.length)],
    ...odd
      .slice(0, SHOWN)
      .map(({ kind, tensor, message }): [string, string] => [
        `  ${kind}`,
        tensor === null ? message : `${tensor}: ${message}`,
      ]),
    ...(odd.length > SHOWN
      ? [['', `and ${odd.length - SHOWN} more: --json names all`] as [string, string]]
      : []),
  ];
}

function activationText({ vision, text }: NonNullable<Inspection['facts']>): string {
  if (vision.activation === text.activation) return vision.activation;
  return `${vision.activation} (pictures), ${text.activation} (text)`;
}

function architectureLines({ architecture }: Inspection): [string, string][] {
  if (architecture === null) return [['architecture', '–']];
  const { vision, text, embedDim } = architecture;
  const pictures =
    vision.kind === 'vit'
      ? `ViT, ${vision.layers} layers, width ${vision.width}, ${vision.heads} heads, patches of ${vision.patchSize}`
      : `ResNet, ${vision.layers.join('-')} blocks, width ${vision.width}, ${vision.heads} heads`;
  return [
    ['pictures', `${pictures}, ${vision.resolution} px`],
    [
      'text',
      `${text.layers} layers, width ${text.width}, ${text.heads} heads, ${text.contextLength} tokens of ${text.vocabSize}`,
    ],
    ['features', String(embedDim)],
  ];
}

function listText(names: readonly string[]): string {
  const more = names.length > 6 ? ` and ${names.length - 6} more` : '';
  return `${names.slice(0, 6).join(', ')}${more}`;
}

function tensorLine({ name, dtype, shape, nan, infinite }: InspectedTensor): string {
  const bad = (nan ?? 0) + (infinite ?? 0) > 0 ? `  ${nan} NaN, ${infinite} infinite` : '';
  return `${dtype.padEnd(5)} ${name} [${shape.join(', ')}]${bad}`;
}

/** `coop-bench checkpoint inspect` */
export function checkpointInspectCommand(): Command {
  return new Command('inspect')
    .description('what a checkpoint is and whether anything is odd about it')
    .argument(
      '<file|name>',
      'a file of weights, a folder with weights and configuration, or a downloaded model',
    )
    .option(
      '--cache <dir>',
      "cache folder (default: COOP_BENCH_CACHE, else coop-bench in the user's cache folder)",
    )
    .option('--tensors', 'every tensor with its type and shape')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Prints format, size, SHA-256 (of several files: of the lines that sha256sum prints for them), sizes of both
towers, parameters, types, activation and how it is known, mean and std; and what is odd: tensors that are
damaged, missing, misshapen or of another architecture, NaN and infinities. A broken file is read as far as it goes.

With --json: path files bytes sha256 published format names architecture parameters dtypes facts unused odd
tensorCount, and tensors with --tensors; what cannot be told is null. odd is a list of {kind, tensor, message}.
Exit codes: 0 nothing is odd, 1 something is, 2 there is no such file.

Examples:
  npx coop-bench checkpoint inspect models/icon-clip-rn.safetensors
  npx coop-bench checkpoint inspect RN50 --json
  npx coop-bench checkpoint inspect hf:laion/CLIP-ViT-B-32-laion2B-s34B-b79K --tensors`,
    )
    .action(inspect);
}

import { Command } from 'commander';
import type { NearestWords } from '../config/index.ts';
import { UserError } from '../config/index.ts';
import {
  type LearnedPrompt,
  learnedClasses,
  nearestWords,
  readPrompt,
  type Vocabulary,
} from '../methods/index.ts';
import { wholeNumber } from './command-options.ts';
import { addCheckpointOptions, type CheckpointFlags, checkpointFor } from './prompt-checkpoint.ts';
import { locatePrompt } from './prompt-path.ts';
import { vocabularyOf } from './prompt-use.ts';

interface WordsFlags extends CheckpointFlags {
  readonly prompt: string;
  readonly class?: string;
  readonly count: number;
  readonly json?: boolean;
}

/** The words near one context: that of all classes (`class` null), or of one. */
interface ContextWords {
  readonly class: string | null;
  readonly vectors: readonly NearestWords[];
}

/** The contexts to look at: [first, name] of each. */
function contexts(
  prompt: LearnedPrompt,
  vocabulary: Vocabulary,
  asked: string | undefined,
): readonly (readonly [index: number, name: string | null])[] {
  if (!prompt.csc) {
    if (asked === undefined) return [[0, null]];
    throw new UserError('BAD_OPTION', {
      where: `--class ${asked}`,
      expected: `no --class: ${prompt.path} has one context for all classes`,
      hint: 'leave it out',
    });
  }
  const names = learnedClasses(prompt, vocabulary);
  const all = Array.from(
    { length: prompt.context.shape[0]! },
    (_, k) => [k, names?.[k] ?? `class ${k}`] as const,
  );
  if (asked === undefined) return all;
  const one = all.filter(([, name]) => name === asked);
  if (one.length > 0) return one;
  throw new UserError('UNKNOWN_CLASS', {
    where: `--class ${asked}`,
    expected: 'a class of the prompt',
    found:
      all
        .slice(0, 10)
        .map(([, name]) => name)
        .join(', ') + (all.length > 10 ? ', …' : ''),
  });
}

/** A token for a person: the mark of a word's end goes, and a piece that a word goes on from gets a hyphen. */
function readable(token: string): string {
  return token.endsWith('</w>') ? token.slice(0, -'</w>'.length) : `${token}-`;
}

function table(words: readonly ContextWords[]): string {
  const lines = words.flatMap(({ class: name, vectors }) => [
    ...(name === null ? [] : [name]),
    ...vectors.map(({ position, words: near }) => {
      const shown = near.map(({ word, distance }) => `${readable(word)} (${distance.toFixed(4)})`);
      return `${String(position + 1).padStart(3)}  ${shown.join('  ')}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

async function run(flags: WordsFlags): Promise<void> {
  const prompt = await readPrompt(locatePrompt(flags.prompt));
  const checkpoint = await checkpointFor(prompt, flags);
  const vocabulary = vocabularyOf(checkpoint);
  checkpoint.close();
  const { tokenizer, embeddings } = vocabulary;
  const size = prompt.nCtx * prompt.width;
  const words = contexts(prompt, vocabulary, flags.class).map(
    ([index, name]): ContextWords => ({
      class: name,
      vectors: nearestWords({
        vectors: prompt.context.data.subarray(index * size, (index + 1) * size),
        embeddings,
        dim: prompt.width,
        tokenOf: (id) => tokenizer.tokenOf(id),
        count: flags.count,
      }),
    }),
  );
  process.stdout.write(flags.json ? `${JSON.stringify(words)}\n` : table(words));
}

/** `coop-bench words`: the vocabulary's words nearest to every vector of a learned prompt. */
export function wordsCommand(): Command {
  const command = new Command('words')
    .description('vocabulary words nearest to every vector of a learned prompt, by Euclidean distance')
    .requiredOption('--prompt <file|dir>', "a grid's prompt, or CoOp's own")
    .option('--class <name>', 'one class of a class-specific prompt (default: all)')
    .option('--count <N>', 'words a vector', wholeNumber('count', 1), 5)
    .option(
      '--json',
      'a list with {"class": name or null, "vectors": [{"position", "words": [{"word", "distance"}]}]}',
    );
  return addCheckpointOptions(command)
    .addHelpText(
      'after',
      `
A hyphen marks pieces that begin a longer word; --json writes tokens as the vocabulary does, "</w>" at a word's end,
and counts positions from 0. A vector need not mean what its neighbours mean: read this as a hint.

Example:
  npx coop-bench words --prompt reports/fewshot/prompts/0123456789abcdef0123456789abcdef.safetensors --count 3`,
    )
    .action(run);
}

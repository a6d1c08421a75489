/**
 * From an icon's name to its concept: the name without words of style and size.
 *
 * `home-outline`, `home-2-line` and `home-24-filled` all say "home".
 */

/** Words of style with their place in the order of preference: outline, plain, thin, filled, other. */
const STYLE_RANK: ReadonlyMap<string, number> = new Map([
  ...['outline', 'outlined', 'line', 'linear', 'stroke', 'regular'].map((word) => [word, 0] as const),
  ...['ltr', 'default', 'normal', 'icon'].map((word) => [word, 1] as const),
  ...['thin', 'light'].map((word) => [word, 2] as const),
  ...['fill', 'filled', 'solid', 'bold', 'sharp', 'rounded', 'f', 'o', 's'].map((word) => [word, 3] as const),
  ...['duotone', 'twotone', 'duo', 'two', 'tone', 'alt', 'alternative', 'mini', 'micro', 'tiny'].map(
    (word) => [word, 4] as const,
  ),
  ...['small', 'sm', 'md', 'lg', 'xl', 'large', 'big'].map((word) => [word, 4] as const),
]);
const PLAIN_RANK = 1;
/** Numbers that state a grid in pixels, the preferred first; any other number is a variant's. */
const GRID_SIZES: readonly string[] = ['24', '20', '16', '32', '48', '12'];

/** One reading of an icon's name. */
export interface NameReading {
  /** Words of the concept, separated by spaces. */
  readonly concept: string;
  /** Lower is preferred where a set draws one concept several times. */
  readonly rank: number;
}

function isNumber(word: string): boolean {
  return /^\d+(px)?$/.test(word);
}

/**
 * The key under which concepts are compared: their words, sorted ("circle-check" is "check-circle").
 *
 * Words of direction keep their order after "corner", where it tells two drawings apart.
 */
export function conceptKey(concept: string): string {
  const words = concept.split(' ');
  return words.includes('corner') || words.includes('turn') ? concept : [...words].sort().join(' ');
}

/**
 * Reads an icon's name: takes words of style and numbers off its end until a known concept, or nothing more,
 * is found.
 *
 * @param name Name within its set, words joined by "-".
 * @param known Concept keys that end in a word of style on purpose ("traffic light"): stripping stops there.
 */
export function readName(name: string, known: ReadonlySet<string>): NameReading {
  const words = name.toLowerCase().split(/[-_]/).filter(Boolean);
  let style = PLAIN_RANK;
  let styled = false;
  let numberRank = 0;
  while (words.length > 1 && !known.has(conceptKey(words.join(' ')))) {
    const last = words[words.length - 1];
    const rank = STYLE_RANK.get(last);
    if (rank !== undefined) {
      style = styled ? Math.max(style, rank) : rank;
      styled = true;
    } else if (isNumber(last)) {
      const size = GRID_SIZES.indexOf(last.replace('px', ''));
      numberRank += size >= 0 ? 1 + size : GRID_SIZES.length + 1 + Math.min(Number.parseInt(last, 10), 9);
    } else {
      break;
    }
    words.pop();
  }
  return { concept: words.join(' '), rank: style * 100 + numberRank };
}

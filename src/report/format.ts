/** Written where there is no number. */
export const DASH = '–';

/** A fraction as percent without the sign: 0.7123 becomes "71.2". */
export function percent(fraction: number, digits = 1): string {
  return (100 * fraction).toFixed(digits);
}

/** A difference of fractions in percentage points with its sign: 0.142 becomes "+14.2", −0.01 "−1.0". */
export function points(fraction: number, digits = 1): string {
  const text = Math.abs(100 * fraction).toFixed(digits);
  if (Number(text) === 0) return text;
  return fraction > 0 ? `+${text}` : `−${text}`;
}

/** Groups of three digits: 12345 becomes "12,345". */
export function integer(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 seed", "3 seeds"; with another plural "2 studies". */
export function plural(count: number, word: string, several = `${word}s`): string {
  return `${integer(count)} ${count === 1 ? word : several}`;
}

/** "a", "a and b", "a, b and c". */
export function listing(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Lower-case letters, digits and single hyphens, for file names and fragment ids: "ViT-B/32" → "vit-b-32". */
export function slug(text: string): string {
  const kept = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return kept.replace(/^-|-$/g, '') || 'x';
}

/** A token for a person: the mark of a word's end goes, and a piece that a word goes on from gets a hyphen. */
export function readableToken(token: string): string {
  return token.endsWith('</w>') ? token.slice(0, -'</w>'.length) : `${token}-`;
}

/** Milliseconds for a person: "850 ms", "12.3 s", "4 min 05 s", "3 h 12 min". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${ms < 9.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  const seconds = ms / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${integer(Math.floor(whole / 3600))} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

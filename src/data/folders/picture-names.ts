const PICTURE = /^[^.].*\.(jpe?g|png|webp|gif|tiff?|bmp)$/is;

/** Whether a file of this name is a picture: jpg, jpeg, png, webp, gif, tif, tiff or bmp, in any case; not hidden. */
export const isPictureName = (name: string): boolean => PICTURE.test(name);

/** Puts surrogates, which stand for code points of U+10000 and above, behind every other code unit. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/**
 * Compares strings by their code points: the order of Python's `sorted` and of UTF-8's bytes. JavaScript's own
 * compares code units, which puts an emoji before a full-width letter.
 *
 * @returns Negative, 0 or positive, for `sort`.
 */
export function byCodePoint(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

// Placeholder of the lead, to be replaced whole.
const PICTURE = /^[^.].*\.(jpe?g|png|webp|gif|tiff?|bmp)$/i;
export const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
export const isPictureName = (name: string): boolean => PICTURE.test(name);

import { SIGN_SYNONYMS } from './synonyms-signs.ts';
import { THING_SYNONYMS } from './synonyms-things.ts';

/**
 * Class names and the other names design teams give the same drawing, the surest first.
 *
 * A class takes, of each set, the drawing of the first of its names that the set has. Word order does not
 * matter (see `conceptKey`). A name stands under one class only; the script checks that.
 */
export const SYNONYMS: Readonly<Record<string, string>> = { ...SIGN_SYNONYMS, ...THING_SYNONYMS };

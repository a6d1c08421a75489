import { type IconSet, loadIconSet } from '../../src/data/index.ts';
import { correctedClass } from './misnamed.ts';
import { conceptKey, readName } from './names.ts';
import { SYNONYMS } from './synonyms.ts';

/** The class a name stands under, and how sure the name is: 0 for the class name itself. */
interface ClassName {
  readonly className: string;
  readonly position: number;
}

/** Every known name by its concept key. Throws where one name stands under two classes. */
function indexSynonyms(): ReadonlyMap<string, ClassName> {
  const index = new Map<string, ClassName>();
  for (const [className, synonyms] of Object.entries(SYNONYMS)) {
    for (const [position, name] of [className, ...synonyms.split(',')].entries()) {
      const key = conceptKey(name.trim());
      const before = index.get(key);
      if (before !== undefined && before.className !== className) {
        throw new Error(`'${name.trim()}' stands under '${before.className}' and under '${className}'`);
      }
      if (before === undefined) index.set(key, { className, position });
    }
  }
  return index;
}

const SYNONYM_INDEX = indexSynonyms();
const KNOWN_KEYS: ReadonlySet<string> = new Set(SYNONYM_INDEX.keys());

/** The names of a set that may be drawn: not withdrawn, and not animated, whose first frame is often empty. */
function drawableNames(source: IconSet): { name: string; isAlias: boolean }[] {
  const drawable = (name: string): boolean => {
    const icon = source.icons[name];
    return icon !== undefined && icon.hidden !== true && !/<(animate|set)/.test(icon.body);
  };
  const names = Object.keys(source.icons)
    .filter(drawable)
    .map((name) => ({ name, isAlias: false }));
  for (const [name, alias] of Object.entries(source.aliases ?? {})) {
    if (alias.hidden !== true && drawable(alias.parent)) names.push({ name, isAlias: true });
  }
  return names;
}

/**
 * The drawing a set has for each concept, by concept (the class name where it is known, else the name's words).
 *
 * Of several, the first in this order: surest synonym; a name of its own before an alias; outline, plain, thin,
 * filled, other styles; no number, then grids of 24, 20, 16 px, then variants; the shorter name; code points.
 */
export function drawingsByConcept(set: string): Map<string, string> {
  const best = new Map<string, { name: string; order: readonly number[] }>();
  for (const { name, isAlias } of drawableNames(loadIconSet(set))) {
    const corrected = correctedClass(set, name);
    if (corrected === null) continue;
    const { concept, rank } = readName(name, KNOWN_KEYS);
    const key = conceptKey(corrected ?? concept);
    const known = SYNONYM_INDEX.get(key);
    const className = known?.className ?? key;
    const order = [known?.position ?? 0, isAlias ? 1 : 0, rank, name.length];
    const before = best.get(className);
    if (before === undefined || precedes(order, name, before.order, before.name)) {
      best.set(className, { name, order });
    }
  }
  return new Map([...best].map(([className, { name }]) => [className, name]));
}

function precedes(a: readonly number[], aName: string, b: readonly number[], bName: string): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i];
  }
  return aName < bName;
}

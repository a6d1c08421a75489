import { drawingsByConcept } from './candidates.ts';
import type { Signature } from './duplicates.ts';
import { isBlank, signatureOf } from './duplicates.ts';
import { EMOJI_NAMES } from './emoji-names.ts';
import { LEFT_OUT } from './left-out.ts';
import { familyOf, SHIFTED_STYLES, sourceSets } from './sets.ts';
import type { ThemeKey } from './themes.ts';
import { THEME_CLASSES, themeClasses } from './themes.ts';

/** A concept becomes a class of `icons` if at least so many families draw it. */
export const MIN_FAMILIES = 26;

/** One drawing and the class it stands for. */
export interface Picture {
  readonly set: string;
  readonly family: string;
  readonly icon: string;
  readonly className: string;
  readonly signature: Signature;
}

/** All drawings that may become pictures, by the name of their class. */
export interface Collection {
  readonly source: ReadonlyMap<string, readonly Picture[]>;
  /** By shifted style, then by class. */
  readonly shifted: ReadonlyMap<string, ReadonlyMap<string, readonly Picture[]>>;
  /** Class names of the eleven sets before any minimum is applied. */
  readonly classes: ReadonlyMap<string, readonly string[]>;
  /** Drawings left out because they show next to nothing. */
  readonly blank: readonly string[];
}

type DrawingsBySet = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The concepts drawn by at least `MIN_FAMILIES` families and not left out, by code point. */
function commonConcepts(drawings: DrawingsBySet): string[] {
  const families = new Map<string, Set<string>>();
  for (const [set, concepts] of drawings) {
    for (const concept of concepts.keys()) {
      let own = families.get(concept);
      if (own === undefined) {
        own = new Set();
        families.set(concept, own);
      }
      own.add(familyOf(set));
    }
  }
  return [...families]
    .filter(([concept, own]) => own.size >= MIN_FAMILIES && !Object.hasOwn(LEFT_OUT, concept))
    .map(([concept]) => concept)
    .sort();
}

/** Emoji have names of their own ("crescent-moon"), so they are matched by an explicit list only. */
function emojiDrawings(set: string): Map<string, string> {
  const own = EMOJI_NAMES[set as keyof typeof EMOJI_NAMES];
  return new Map(Object.entries(own));
}

/** Reads every pinned set and draws what the eleven sets and the shifted styles may use. */
export function collect(): Collection {
  const drawings = new Map(sourceSets().map((set) => [set, drawingsByConcept(set)] as const));
  const classes = new Map<string, readonly string[]>([['icons', commonConcepts(drawings)]]);
  for (const theme of Object.keys(THEME_CLASSES)) classes.set(theme, themeClasses(theme as ThemeKey));
  const blank: string[] = [];
  const gather = (sets: DrawingsBySet, wanted: ReadonlySet<string>): Map<string, Picture[]> => {
    const byClass = new Map<string, Picture[]>();
    for (const [set, concepts] of sets) {
      for (const [className, icon] of concepts) {
        if (!wanted.has(className)) continue;
        const signature = signatureOf(set, icon);
        if (isBlank(signature)) {
          blank.push(`${set}:${icon}`);
          continue;
        }
        const pictures = byClass.get(className) ?? [];
        pictures.push({ set, family: familyOf(set), icon, className, signature });
        byClass.set(className, pictures);
      }
    }
    return byClass;
  };
  const source = gather(drawings, new Set([...classes.values()].flat()));
  const shifted = new Map<string, ReadonlyMap<string, readonly Picture[]>>();
  for (const [style, sets] of Object.entries(SHIFTED_STYLES)) {
    const own = sets.map((set) => {
      return [set, style === 'icons_emoji' ? emojiDrawings(set) : drawingsByConcept(set)] as const;
    });
    shifted.set(style, gather(new Map(own), new Set(classes.get('icons'))));
  }
  return { source, shifted, classes, blank };
}

import { readFileSync } from 'node:fs';

/**
 * Sets whose drawings share an origin, by family; any other set is a family of its own.
 *
 * `fa`: Line Awesome redraws Font Awesome, and Icons8's two Windows sets share a third of their drawings with it.
 * `feather`: Lucide is Feather's fork, and Meteor Icons keep about ninety of Feather's drawings unchanged.
 */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  fa: ['fa6-solid', 'la', 'icons8', 'wpf'],
  feather: ['feather', 'lucide', 'meteor-icons'],
  bx: ['bx', 'bxs'],
  unicons: ['uil', 'uim', 'uis'],
};

/** The shifted styles: sets that only serve as targets, kept out of the source. */
export const SHIFTED_STYLES = {
  icons_pixel: ['pixelarticons', 'pixel'],
  icons_hand: ['pepicons-pencil', 'pepicons-pop'],
  icons_colour: ['flat-color-icons', 'flat-ui', 'marketeq'],
  icons_emoji: ['twemoji', 'fxemoji'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Families of the sets the tiny CLIP was trained on: none may serve as a benchmark. Codicons belong to Fluent, whose
 * drawings half of them repeat.
 */
export const PRETRAINING_FAMILIES: readonly RegExp[] = [
  /^tabler$/,
  /^(ic|mdi|mdi-light|material-symbols(-.*)?)$/,
  /^ph$/,
  /^(fluent(-.*)?|codicon)$/,
  /^solar$/,
  /^hugeicons$/,
  /^mingcute$/,
  /^carbon$/,
  /^game-icons$/,
  /^ri$/,
  /^icon-park(-.*)?$/,
  /^streamline(-.*)?$/,
  /^healthicons$/,
  /^iconoir$/,
  /^noto(-.*)?$/,
  /^emojione(-.*)?$/,
];

/** SPDX names of the licences a benchmark set may have: permissive, none share-alike or non-commercial. */
export const PERMITTED_LICENCES: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'Unlicense',
]);

/** Family of a set. */
export function familyOf(set: string): string {
  for (const [family, sets] of Object.entries(FAMILIES)) {
    if (sets.includes(set)) return family;
  }
  return set;
}

/** The pinned sets with their versions, from `package.json` beside this file; sorted by name. */
export function pinnedSets(): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const entries = Object.entries(manifest.dependencies).map(
    ([name, version]) => [name.replace('@iconify-json/', ''), version] as const,
  );
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The pinned sets that are no shifted style: the source of the eleven datasets; sorted by name. */
export function sourceSets(): string[] {
  const shifted = new Set<string>(Object.values(SHIFTED_STYLES).flat());
  return [...pinnedSets().keys()].filter((set) => !shifted.has(set));
}

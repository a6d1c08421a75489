/**
 * Drawings that show something else than their name says, found by looking at sheets of every class: the class they
 * belong to, or null where they belong to none.
 */

const DIRECTIONS = ['up', 'down', 'left', 'right'] as const;

/** Sets whose names for the four directions mean another shape: from their pattern to ours, `*` the direction. */
const SHIFTED_DIRECTIONS: readonly (readonly [string, readonly string[], string])[] = [
  ['ep', ['arrow-*', 'arrow-*-bold'], 'chevron *'],
  ['oui', ['arrow-*'], 'chevron *'],
  ['fe', ['arrow-*'], 'chevron *'],
  ['simple-line-icons', ['arrow-*'], 'chevron *'],
  ['iconamoon', ['arrow-*-2', 'arrow-*-2-light', 'arrow-*-2-thin', 'arrow-*-2-bold'], 'chevron *'],
  ['bx', ['*-arrow'], 'caret *'],
  ['bxs', ['*-arrow'], 'caret *'],
  ['eva', ['arrow-*-outline', 'arrow-*-fill'], 'caret *'],
  ['ei', ['arrow-*'], 'arrow * in a circle'],
  ['basil', ['caret-*-outline', 'caret-*-solid'], 'chevron *'],
  ['cuida', ['caret-*-outline'], 'chevron *'],
  ['ci', ['caret-*-sm', 'caret-*-md'], 'chevron *'],
  ['radix-icons', ['caret-*'], 'chevron *'],
  ['ant-design', ['*-circle-outlined', '*-circle-filled', '*-circle-twotone'], 'chevron * in a circle'],
  ['uiw', ['*-circle', '*-circle-o'], 'chevron * in a circle'],
];

/** Drawings one by one, "set:icon icon …", by the class they belong to; '' for none. A name may end in `*`. */
const ONE_BY_ONE: Readonly<Record<string, readonly string[]>> = {
  // Object alignment: bars against an edge, where "align" elsewhere means lines of text. X is a firm's sign.
  '': [
    // Objects aligned to an edge, where "align" elsewhere means lines of text.
    'akar-icons:align-*',
    'bi:align-center',
    'clarity:align-left-line align-right-line align-center-line',
    'fe:align-*',
    'fontisto:left-align right-align',
    'gg:align-*',
    'lsicon:left-align-* right-align-*',
    'majesticons:align-*',
    'mynaui:align-*',
    'ooui:align-*',
    'proicons:align-*',
    'radix-icons:align-*',
    'teenyicons:align-*',
    // A firm's sign, or a letter, where "x" elsewhere is a cross.
    'akar-icons:x-fill',
    'ant-design:x-outlined',
    'fa6-solid:x',
    'foundation:x',
    'la:cross',
    'mage:x',
    'meteor-icons:x',
    'pixel:x',
    'uil:x',
    // Shapes with another meaning under the same word.
    'akar-icons:sound-up stop video',
    'ant-design:contacts-* group-* stop-*',
    'basil:box-* group-*',
    'bi:arrows indent save',
    'bx:volume',
    'ci:warning',
    'clarity:collapse-line computer-line',
    'cuida:loop-outline paragraph-outline',
    'duo-icons:folder-open menu moon-2',
    'eos-icons:volume*',
    'ep:expand lightning menu mute',
    'fa6-solid:arrows-left-right map-pin',
    'fe:loop scale step-* warning',
    'flat-color-icons:dislike display external next',
    'flat-ui:bag flag pc pencil play settings',
    'fontisto:lightning',
    'foundation:loop next previous sound',
    'grommet-icons:bar download language login next previous save',
    'guidance:glass shop',
    'humbleicons:volume',
    'iconamoon:lightning-1* swap* type-bold upload*',
    'icons8:female',
    'ion:id-card* journal* scale*',
    'jam:table',
    'lets-icons:circle-left* circle-right* collapse* filter* flask* hide-eye* menu* sign-* sound* stop* video*',
    'lsicon:bar-* column-* contract-* rail-* scale-* stop-* tree-* volume-up-* volume-down-*',
    'lucide:bolt triangle-right university',
    'mage:bolt* tablet*',
    'maki:hospital* shop*',
    'marketeq:cloud eye keyboard* map map-pin next notification-alt sign-out-alt',
    'mi:filter tablet',
    'mynaui:album* skip-forward',
    'nimbus:stop university',
    'octicon:loop-* quote-* stop-* video-*',
    'oi:location',
    'ooui:bold-f collapse expand italic-s message next-ltr previous-ltr',
    'oui:scale',
    'pepicons-pencil:cellphone-loop checkmark-outlined',
    'pepicons-pop:cellphone-loop checkmark-outlined',
    'prime:fast-backward',
    'proicons:album* arrow-left-right expand',
    'qlementine-icons:arrows-left-right-* header-*',
    'quill:collapse expand',
    'radix-icons:box video',
    'stash:location* trend-arrow-*',
    'system-uicons:scale shuffle swap',
    'tdesign:address-book* highlight loudspeaker* move* sleep* tv*',
    'teenyicons:attachment-* contract-* location-* paragraph-*',
    'uil:bag game paragraph shrink shuffle subway water',
    'uim:bag paragraph',
    'uis:bag paragraph',
    'uiw:menu* stop*',
    'vaadin:bolt',
    'weui:album-* clip-* contacts-* pencil-* previous-* shop-* transfer-*',
    'wpf:invisible message-outline next previous speaker',
    'zondicons:swap',
  ],
  heart: ['weui:like-outlined like-filled', 'wpf:like', 'flat-color-icons:like'],
  'mobile phone': ['bi:phone', 'proicons:phone', 'quill:phone', 'oi:phone', 'jam:phone'],
  'play in a circle': [
    'ei:play',
    'lsicon:play-outline play-filled',
    'octicon:play-24 play-16',
    'zondicons:play-outline',
  ],
  'pause in a circle': ['zondicons:pause-outline'],
  'video camera': ['gg:camera'],
  'fast forward': ['cil:media-skip-forward', 'oi:media-skip-forward', 'fontisto:step-forward'],
  rewind: ['cil:media-skip-backward', 'oi:media-skip-backward'],
  location: ['bx:map', 'bxs:map'],
};

/** Corrections of one set: of single names, and of all names with a beginning. */
interface SetCorrections {
  readonly names: Map<string, string | null>;
  readonly beginnings: [string, string | null][];
}

function index(): ReadonlyMap<string, SetCorrections> {
  const bySet = new Map<string, SetCorrections>();
  const add = (set: string, name: string, className: string | null): void => {
    const own: SetCorrections = bySet.get(set) ?? { names: new Map(), beginnings: [] };
    if (name.endsWith('*')) own.beginnings.push([name.slice(0, -1), className]);
    else own.names.set(name, className);
    bySet.set(set, own);
  };
  for (const [set, patterns, className] of SHIFTED_DIRECTIONS) {
    for (const direction of DIRECTIONS) {
      for (const pattern of patterns) {
        add(set, pattern.replace('*', direction), className.replace('*', direction));
      }
    }
  }
  for (const [className, entries] of Object.entries(ONE_BY_ONE)) {
    for (const entry of entries) {
      const [set, names] = entry.split(':');
      for (const name of names.split(' ')) add(set, name, className || null);
    }
  }
  return bySet;
}

const CORRECTIONS = index();

/** The class a misnamed drawing belongs to, null for none; undefined where its name is right. */
export function correctedClass(set: string, name: string): string | null | undefined {
  const own = CORRECTIONS.get(set);
  const exact = own?.names.get(name);
  if (exact !== undefined) return exact;
  return own?.beginnings.find(([beginning]) => name.startsWith(beginning))?.[1];
}

/**
 * Drawings that show something else than their name says, found by looking at sheets of every class: the class they
 * belong to, or null where they belong to none.
 */

const DIRECTIONS = ['up', 'down', 'left', 'right'] as const;

/** Sets whose names for the four directions mean another shape: from their pattern to ours, `*` the direction. */
const SHIFTED_DIRECTIONS: readonly (readonly [string, readonly string[], string])[] = [
  ['ep', ['arrow-*'], 'chevron *'],
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
  ['ant-design', ['*-circle-outlined', '*-circle-filled'], 'chevron * in a circle'],
  ['uiw', ['*-circle', '*-circle-o'], 'chevron * in a circle'],
];

/** Drawings one by one, "set:icon icon …", by the class they belong to; '' for none. */
const ONE_BY_ONE: Readonly<Record<string, readonly string[]>> = {
  // Object alignment: bars against an edge, where "align" elsewhere means lines of text. X is a firm's sign.
  '': [
    // Objects aligned to an edge, where "align" elsewhere means lines of text.
    'akar-icons:align-left align-right',
    'bi:align-center',
    'clarity:align-left-line align-right-line align-center-line',
    'fontisto:left-align right-align',
    'gg:align-left align-right align-center',
    'lsicon:left-align-outline right-align-outline',
    'majesticons:align-left-line align-right-line align-left align-right',
    'mynaui:align-left align-right',
    'proicons:align-left align-right',
    'radix-icons:align-left align-right',
    'teenyicons:align-left-outline align-right-outline align-left-solid align-right-solid',
    // A firm's sign, or a letter, where "x" elsewhere is a cross.
    'akar-icons:x-fill',
    'ant-design:x-outlined',
    'fa6-solid:x',
    'foundation:x',
    'mage:x',
    'meteor-icons:x',
    'pixel:x',
    'uil:x',
    'la:cross',
    // Shapes with another meaning under the same word.
    'akar-icons:sound-up',
    'ant-design:stop-outlined group-outlined',
    'basil:group-151-outline box-outline',
    'bi:save arrows indent',
    'bx:volume',
    'ci:warning',
    'clarity:computer-line collapse-line',
    'codicon:account indent',
    'cuida:loop-outline paragraph-outline',
    'duo-icons:menu moon-2',
    'ep:menu lightning mute',
    'eos-icons:volume-outlined volume',
    'fa6-solid:arrows-left-right map-pin',
    'fe:loop scale step-forward step-backward warning',
    'flat-color-icons:display external next',
    'flat-ui:bag flag pencil play settings',
    'fontisto:lightning',
    'foundation:loop next previous sound',
    'grommet-icons:bar download language login next previous save',
    'guidance:shop glass',
    'humbleicons:volume',
    'iconamoon:swap type-bold lightning-1 upload',
    'ion:scale-outline scale scale-sharp journal-outline journal journal-sharp',
    'jam:table',
    'la:university',
    'lets-icons:circle-left circle-right collapse filter flask hide-eye menu stop',
    'lsicon:bar-outline column-outline contract-outline rail-outline scale-outline',
    'lsicon:tree-outline volume-up-outline volume-down-outline volume-up-filled volume-down-filled',
    'lucide:bolt triangle-right university',
    'mage:bolt tablet',
    'maki:hospital shop',
    'marketeq:eye map map-pin next notification-alt cloud sign-out-alt',
    'mi:filter tablet',
    'mynaui:album skip-forward',
    'nimbus:stop university',
    'octicon:loop-24 loop-16 stop-24 stop-16',
    'oi:location',
    'ooui:bold-f italic-s collapse expand message next-ltr previous-ltr',
    'oui:scale',
    'pepicons-pencil:cellphone-loop checkmark-outlined',
    'pepicons-pop:cellphone-loop checkmark-outlined',
    'prime:fast-backward',
    'proicons:album expand',
    'quill:collapse expand',
    'radix-icons:box',
    'stash:location',
    'system-uicons:scale swap',
    'tdesign:loudspeaker move sleep tv',
    'teenyicons:location-outline location-solid paragraph-outline',
    'uil:bag game paragraph subway water',
    'uim:bag paragraph',
    'uis:bag paragraph',
    'uiw:menu stop',
    'vaadin:bolt',
    'weui:album-outlined clip-outlined pencil-outlined previous-outlined shop-outlined transfer-outlined',
    'wpf:message-outline previous speaker',
    'zondicons:swap',
  ],
  heart: ['weui:like-outlined like-filled', 'wpf:like', 'flat-color-icons:like'],
  'mobile phone': ['bi:phone', 'proicons:phone', 'quill:phone', 'oi:phone', 'nimbus:telephone'],
  'play in a circle': [
    'ei:play',
    'lsicon:play-outline play-filled',
    'octicon:play-24 play-16',
    'zondicons:play-outline',
  ],
  'pause in a circle': ['zondicons:pause-outline'],
  'video camera': ['gg:camera', 'nimbus:camera'],
  'fast forward': ['cil:media-skip-forward', 'oi:media-skip-forward', 'fontisto:step-forward'],
  rewind: ['cil:media-skip-backward', 'oi:media-skip-backward'],
  location: ['bx:map', 'bxs:map'],
};

function index(): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>();
  for (const [set, patterns, className] of SHIFTED_DIRECTIONS) {
    for (const direction of DIRECTIONS) {
      for (const pattern of patterns) {
        found.set(`${set}:${pattern.replace('*', direction)}`, className.replace('*', direction));
      }
    }
  }
  for (const [className, entries] of Object.entries(ONE_BY_ONE)) {
    for (const entry of entries) {
      const [set, names] = entry.split(':');
      for (const name of names.split(' ')) found.set(`${set}:${name}`, className || null);
    }
  }
  return found;
}

/** "set:icon" to the class it belongs to, or null for none. */
export const MISNAMED: ReadonlyMap<string, string | null> = index();

/**
 * Concepts that stand in enough families but stay out of `icons`, with the reason.
 *
 * Fine variants are left to the themes, where they are told apart from their neighbours.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  pin: 'a map pin in half of the sets, a drawing pin in the others',
  edit: 'a pencil, which has its own class, with or without a sheet under it',
  stop: 'a plain square, as "square"',
  square: 'a plain square, as "stop"',
  circle: 'a plain circle, also drawn for "record"',
  grid: 'drawn as "table" by many',
  list: 'drawn as "menu" by many',
  undo: 'the same bent arrow as "reply" and "back"',
  redo: 'the same bent arrow as "forward"',
  forward: 'a bent arrow or a pair of triangles',
  expand: 'frame corners or diagonal arrows: told apart from "collapse" in the theme of arrows',
  collapse: 'as "expand"',
  'swap horizontal': 'a variant of arrows, told apart in their theme',
  'caret up': 'a filled chevron: told apart in the theme of arrows',
  'caret down': 'as "caret up"',
  'caret left': 'as "caret up"',
  'caret right': 'as "caret up"',
  'arrow up in a circle': 'a framed "arrow up": told apart in the theme of arrows',
  'arrow down in a circle': 'as "arrow up in a circle"',
  'arrow left in a circle': 'as "arrow up in a circle"',
  'arrow right in a circle': 'as "arrow up in a circle"',
  'play in a circle': 'a framed "play": told apart in the theme of media',
  'check circle': 'a framed "check"',
  'circle plus': 'a framed "plus"',
  'circle minus': 'a framed "minus"',
  'volume quiet': 'a wave less than "volume loud": told apart in the theme of media',
  'empty battery': 'also drawn for a battery of any charge',
  'add file': '"file" with a mark: told apart in the theme of files',
};

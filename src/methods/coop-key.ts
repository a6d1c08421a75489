import type { ClassTokenPosition } from '../config/index.ts';
import type { CoOpConfig } from './coop.ts';

/** Words that start the context in the paper's ablation of initialisation. */
const INITIAL_WORDS = 'a photo of a';

const POSITIONS = { end: 'end', mid: 'middle', front: 'front' } as const satisfies Record<
  string,
  ClassTokenPosition
>;
/** What a key of the family says. */
export type CoOpVariant = Pick<CoOpConfig, 'nCtx' | 'position' | 'csc' | 'ctxInit'>;

/** The variant behind a key such as `coop_m16_end_csc`, or null if it is none of the family. */
export function parseCoOpKey(key: string): CoOpVariant | null {
  const match = /^coop_m([1-9]\d?)_(end|mid|front)(_csc|_init)?$/.exec(key);
  if (match === null) return null;
  const [, nCtx, position, suffix] = match;
  const init = suffix === '_init';
  if (init && Number(nCtx) !== INITIAL_WORDS.split(' ').length) return null;
  return {
    nCtx: Number(nCtx),
    position: POSITIONS[position as keyof typeof POSITIONS],
    csc: suffix === '_csc',
    ctxInit: init ? INITIAL_WORDS : null,
  };
}

/** The words a person reads for a variant. */
export function coopTitle({ nCtx, position, csc, ctxInit }: CoOpVariant): string {
  const parts = [`M = ${nCtx}`, position];
  if (csc) parts.push('class-specific');
  if (ctxInit !== null) parts.push(`from “${ctxInit}”`);
  return `CoOp (${parts.join(', ')})`;
}

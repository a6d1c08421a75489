import type { ClassTokenPosition, CoOpConfig, MethodConfig } from './cell.ts';
import { UserError } from './errors.ts';
import { nearNames } from './near-names.ts';

/** Epochs of a fit: the suite's or the paper's schedule by shots, or a number for all. */
export type EpochPolicy = 'suite' | 'paper' | number;

/** What a method's settings depend on besides its key. */
export interface MethodContext {
  readonly shots: number;
  readonly epochs: EpochPolicy;
  /** The paper's schedule is cut at this many epochs; null or absent: not at all. */
  readonly mostEpochs?: number | null;
  readonly views: number | 'fresh';
  /** Hand-made prompts of the dataset. */
  readonly prompts: readonly string[];
}

/** Words that start the context in the paper's ablation of initialisation. */
const INITIAL_WORDS = 'a photo of a';

const POSITIONS = { end: 'end', mid: 'middle', front: 'front' } as const satisfies Record<
  string,
  ClassTokenPosition
>;
const POSITION_TITLES = { end: 'end', middle: 'middle', front: 'front' } as const;

/** Raised on purpose when a method's numbers change. */
const VERSIONS = { zeroshot: 1, linear_probe: 1, coop: 1 } as const;

/** Methods that stand in lists and help texts; the CoOp family takes any M. */
export const METHOD_KEYS = [
  'zeroshot',
  'linear_probe',
  'coop_m16_end',
  'coop_m16_mid',
  'coop_m16_front',
  'coop_m16_end_csc',
  'coop_m16_mid_csc',
  'coop_m8_end',
  'coop_m4_end',
  'coop_m4_end_init',
] as const;

interface CoOpVariant {
  readonly nCtx: number;
  readonly position: ClassTokenPosition;
  readonly csc: boolean;
  readonly ctxInit: string | null;
}

function parseCoOpKey(key: string): CoOpVariant | null {
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

/** @throws {UserError} UNKNOWN_METHOD, with near names. */
export function checkMethodKey(key: string): void {
  if (key === 'zeroshot' || key === 'linear_probe' || parseCoOpKey(key) !== null) return;
  const near = nearNames(key, METHOD_KEYS);
  throw new UserError('UNKNOWN_METHOD', {
    where: `method ${JSON.stringify(key)}`,
    expected: `one of ${METHOD_KEYS.join(', ')}, or coop_m<M>_<end|mid|front>[_csc]`,
    ...(near.length > 0 ? { hint: `did you mean ${near.join(' or ')}?` } : {}),
  });
}

/** The words a person reads for a method. */
export function methodTitle(key: string): string {
  if (key === 'zeroshot') return 'Zero-shot CLIP';
  if (key === 'linear_probe') return 'Linear probe';
  const variant = parseCoOpKey(key);
  if (variant === null) return key;
  const parts = [`M = ${variant.nCtx}`, POSITION_TITLES[variant.position]];
  if (variant.csc) parts.push('class-specific');
  if (variant.ctxInit !== null) parts.push(`from “${variant.ctxInit}”`);
  return `CoOp (${parts.join(', ')})`;
}

/** Epochs for a number of shots: 16 and 8, 4 and 2, 1 have values of their own; others take the next lower. */
function epochsFor({ epochs: policy, mostEpochs, shots }: MethodContext): number {
  if (typeof policy === 'number') return policy;
  if (policy === 'paper') return Math.min(shots >= 8 ? 200 : shots >= 2 ? 100 : 50, mostEpochs ?? Infinity);
  return shots >= 8 ? 25 : 50;
}

/**
 * The complete settings of a method.
 * @throws {UserError} UNKNOWN_METHOD
 * Source of CoOp's values: configs/trainers/CoOp of the official code [ff61507].
 */
export function methodConfig(key: string, context: MethodContext): MethodConfig {
  checkMethodKey(key);
  if (key === 'zeroshot') {
    return { kind: 'zeroshot', key, version: VERSIONS.zeroshot, prompts: context.prompts };
  }
  if (key === 'linear_probe') return { kind: 'linear_probe', key, version: VERSIONS.linear_probe };
  const variant = parseCoOpKey(key) as CoOpVariant;
  const config: CoOpConfig = {
    kind: 'coop',
    key,
    version: VERSIONS.coop,
    ...variant,
    epochs: epochsFor(context),
    batchSize: 32,
    learningRate: 0.002,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmupEpochs: 1,
    warmupLearningRate: 1e-5,
    views: context.views,
  };
  return config;
}

import type { PaperReference, PublishedEntry } from './reference.ts';

/** Which number is asked for: a method's accuracy on one set, after learning on one. */
export interface PaperPlace {
  /** As in records: `RN50`, `ViT-B/16`. */
  readonly backbone: string;
  readonly method: string;
  readonly shots: number;
  readonly dataset: string;
  readonly target: string;
}

/** Where the paper's sets without training pictures come from. */
const SHIFT_SOURCE = 'imagenet';
/** The paper measures shifts, and ImageNet on other backbones than RN50, with this many shots. */
const SHIFT_SHOTS = 16;

/** Methods whose names differ in the table of domain shift. */
const SHIFT_METHODS: Readonly<Record<string, string>> = {
  coop_m16_end: 'coop_m16',
  coop_m4_end: 'coop_m4',
  zeroshot_ensemble80: 'prompt_ensemble',
};

/** Why a number that is not the paper's own carries a dagger. */
const BY_OTHERS = 'reported by others; the paper’s own number was not found';

/** The reference's name of a backbone: of the four that the paper uses, however they are written; else null. */
export function paperBackbone(name: string): string | null {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const names: Readonly<Record<string, string>> = {
    rn50: 'rn50',
    rn101: 'rn101',
    vitb32: 'vit_b32',
    vitb16: 'vit_b16',
  };
  return Object.hasOwn(names, plain) ? names[plain]! : null;
}

/** The sets of the paper that are learned on. */
export function paperSets(reference: PaperReference): ReadonlySet<string> {
  const sets = Object.keys(reference.fewshot.rn50?.coop_m16_end ?? {});
  return new Set(sets.filter((key) => key !== 'average'));
}

/** The sets of the paper that are scored only. */
export function paperTargets(reference: PaperReference): ReadonlySet<string> {
  const scored = Object.keys(reference.domainshift.rn50?.zeroshot ?? {});
  return new Set(scored.filter((key) => key !== SHIFT_SOURCE && key !== 'target_average'));
}

/** A found number, and why it is in doubt where it is. */
export interface FoundEntry {
  readonly entry: PublishedEntry;
  readonly doubt: string | null;
}

/**
 * The entries of the reference for a place, the first with a number first.
 *
 * @returns null where the paper has no such set or backbone; an entry without a number where it has and the number
 *   was not found.
 */
export function publishedEntry(reference: PaperReference, place: PaperPlace): FoundEntry | null {
  const { backbone, dataset, target } = place;
  const name = paperBackbone(backbone);
  if (name === null || !paperSets(reference).has(dataset)) return null;
  if (target !== dataset && !(dataset === SHIFT_SOURCE && paperTargets(reference).has(target))) return null;
  const found = candidates(reference, name, place).filter((entry) => entry !== undefined);
  const entry = found.find(({ mean }) => mean !== null) ?? found[0] ?? { mean: null, source: null };
  return { entry, doubt: doubtOf(place, entry) };
}

function candidates(
  reference: PaperReference,
  backbone: string,
  { method, shots, dataset, target }: PaperPlace,
): readonly (PublishedEntry | undefined)[] {
  const shifted = reference.domainshift[backbone]?.[SHIFT_METHODS[method] ?? method];
  const { ensemble } = reference.ablations.prompt_ensembling_imagenet;
  const ofImagenet = dataset === SHIFT_SOURCE && (shots === SHIFT_SHOTS || shots === 0);
  const shift = ofImagenet ? shifted?.[target] : undefined;
  if (target !== dataset) return [shift];
  if (method === 'zeroshot') return [reference.zeroshot[backbone]?.handcrafted?.[dataset], shift];
  if (method.startsWith('zeroshot_ensemble')) {
    if (dataset !== SHIFT_SOURCE) return [];
    const templates = `${method.slice('zeroshot_ensemble'.length)} templates`;
    const reported = ensemble[backbone]?.alternatives?.find(({ note }) => note === templates);
    return [reported, shift];
  }
  const length = /^coop_m(\d+)_end$/.exec(method)?.[1] ?? '';
  const lengths = reference.ablations.context_length_rn50.imagenet_16shot;
  return [
    reference.fewshot[backbone]?.[method]?.[dataset]?.[String(shots)],
    shift,
    ...(ofImagenet && backbone === 'rn50' ? [lengths[length]] : []),
  ];
}

function doubtOf({ method }: PaperPlace, entry: PublishedEntry): string | null {
  if (entry.mean === null) return null;
  if (typeof entry.inferred === 'string') return entry.inferred;
  if (entry.inferred === true) return 'the variant was inferred';
  if (entry.confidence === 'low') return 'low confidence';
  return method.startsWith('zeroshot_ensemble') ? BY_OTHERS : null;
}

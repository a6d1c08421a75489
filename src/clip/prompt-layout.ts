import { isContext, type Prompt } from './prompts.ts';

/** Prompts whose suffixes have one length and context vectors at the same places. */
export interface Bucket {
  /** Tokens of each suffix, the shared prefix left out. */
  readonly length: number;
  /** Indices of the prompts, ascending. */
  readonly prompts: readonly number[];
  /** Suffixes, in the order of `prompts`. */
  readonly suffixes: readonly Prompt[];
}

/**
 * How K prompts are packed: what all begin with stands once, what differs stands without padding.
 * The transformer is causal, so a common beginning has the same states in every prompt.
 */
export interface PromptLayout {
  readonly promptCount: number;
  /** The elements behind SOT that all prompts share. */
  readonly prefix: Prompt;
  /** Each suffix begins with SOT, and nothing is shared: see `withOwnStarts`. */
  readonly ownStarts?: true;
  readonly buckets: readonly Bucket[];
  /** Context vectors differ between prompts (class-specific). */
  readonly csc: boolean;
}

/** Length of the prefix all prompts share; at least EOT stays in every suffix. */
function sharedLength(prompts: readonly Prompt[], csc: boolean): number {
  const [first] = prompts as [Prompt];
  const shortest = Math.min(...prompts.map((prompt) => prompt.length));
  let length = 0;
  while (
    length < shortest - 1 &&
    !(csc && isContext(first[length]!)) &&
    prompts.every((prompt) => prompt[length] === first[length])
  ) {
    length += 1;
  }
  return length;
}

/** Packs prompts; class-specific context vectors are never shared. */
export function layOutPrompts(prompts: readonly Prompt[], csc = false): PromptLayout {
  const shared = sharedLength(prompts, csc);
  const groups = new Map<string, number[]>();
  prompts.forEach((prompt, index) => {
    const pattern = prompt
      .slice(shared)
      .map((element) => (isContext(element) ? element : 't'))
      .join();
    const group = groups.get(pattern);
    if (group) group.push(index);
    else groups.set(pattern, [index]);
  });
  const buckets = [...groups.values()]
    .map((indices) => {
      const suffixes = indices.map((index) => prompts[index]!.slice(shared));
      return { length: suffixes[0]!.length, prompts: indices, suffixes };
    })
    .sort((a, b) => a.length - b.length || a.prompts[0]! - b.prompts[0]!);
  return { promptCount: prompts.length, prefix: prompts[0]!.slice(0, shared), buckets, csc };
}

/**
 * The same prompts with a start of text for each, in place of one that all share: a row more a prompt, and no
 * attention between rows that lie apart.
 */
export function withOwnStarts(layout: PromptLayout, sot: number): PromptLayout {
  const buckets = layout.buckets.map(({ length, prompts, suffixes }) => ({
    length: length + 1 + layout.prefix.length,
    prompts,
    suffixes: suffixes.map((suffix) => [sot, ...layout.prefix, ...suffix]),
  }));
  return { ...layout, prefix: [], ownStarts: true, buckets };
}

/** Rows of the packed sequence: SOT, prefix, all suffixes. */
export function packedRows({ prefix, buckets }: PromptLayout): number {
  return 1 + prefix.length + buckets.reduce((sum, bucket) => sum + bucket.prompts.length * bucket.length, 0);
}

/** The prompts in the order of their rows: bucket by bucket. */
export function packedOrder({ buckets }: PromptLayout): number[] {
  return buckets.flatMap(({ prompts }) => prompts);
}

/** Rows of every prompt's suffix, in packed order. */
export function sequenceLengths({ buckets }: PromptLayout): number[] {
  return buckets.flatMap(({ prompts, length }) => prompts.map(() => length));
}

/** A bucket in pieces of equal size, at most `mostRows` rows each where single prompts allow it. */
function cutBucket({ length, prompts, suffixes }: Bucket, mostRows: number): Bucket[] {
  const count = Math.ceil(prompts.length / Math.max(1, Math.floor(mostRows / length)));
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((edge) => Math.round((edge * prompts.length) / count));
    return { length, prompts: prompts.slice(from, to), suffixes: suffixes.slice(from, to) };
  });
}

const rowsOf = (buckets: readonly Bucket[]): number =>
  buckets.reduce((sum, { prompts, length }) => sum + prompts.length * length, 0);

/**
 * Cuts a layout into pieces of at most `mostRows` suffix rows each where single prompts allow it, and between buckets
 * where they are large: prompts of one length need not be taken apart. Pieces stand in packed order, and so do the
 * prompts of each, which are numbered anew; one piece is the layout as it was.
 */
export function cutLayout(layout: PromptLayout, mostRows: number): PromptLayout[] {
  if (rowsOf(layout.buckets) <= mostRows) return [layout];
  const pieces: Bucket[][] = [];
  for (const bucket of layout.buckets.flatMap((whole) => cutBucket(whole, mostRows))) {
    const open = pieces.at(-1);
    const small = [open ?? [], [bucket]].some((buckets) => rowsOf(buckets) < mostRows / 3);
    if (open !== undefined && small && rowsOf([...open, bucket]) <= mostRows) open.push(bucket);
    else pieces.push([bucket]);
  }
  return pieces.map((buckets) => {
    let first = 0;
    const numbered = buckets.map((bucket) => {
      const prompts = bucket.prompts.map((_, i) => first + i);
      first += prompts.length;
      return { ...bucket, prompts };
    });
    return { ...layout, promptCount: first, buckets: numbered };
  });
}

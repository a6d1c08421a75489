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

/** Rows of the packed sequence: SOT, prefix, all suffixes. */
export function packedRows({ prefix, buckets }: PromptLayout): number {
  return 1 + prefix.length + buckets.reduce((sum, bucket) => sum + bucket.prompts.length * bucket.length, 0);
}

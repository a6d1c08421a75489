import type { Bucket, PromptLayout } from './prompt-layout.ts';

/** One chunk: a layout of the common shape, and which prompt stands at each of its places. */
export interface PromptChunk {
  readonly layout: PromptLayout;
  /** Prompt index of each place, in packed order; −1 for a place that only fills the shape. */
  readonly places: readonly number[];
}

/**
 * Splits a layout into chunks that all have one shape, so that one compiled graph serves them all: every
 * bucket is dealt out evenly, and what is left over is filled with a repeated prompt whose result is ignored.
 *
 * @param chunkCount ≥ 1.
 */
export function chunkLayout(layout: PromptLayout, chunkCount: number): PromptChunk[] {
  return Array.from({ length: chunkCount }, (_, chunk) => {
    const places: number[] = [];
    const buckets: Bucket[] = layout.buckets.map(({ length, prompts, suffixes }) => {
      const size = Math.ceil(prompts.length / chunkCount);
      const members = Array.from({ length: size }, (_, i) => {
        const member = chunk * size + i;
        places.push(prompts[member] ?? -1);
        return member < prompts.length ? member : 0;
      });
      const first = places.length - size;
      return {
        length,
        prompts: members.map((_, i) => first + i),
        suffixes: members.map((member) => suffixes[member]!),
      };
    });
    return { layout: { ...layout, promptCount: places.length, buckets }, places };
  });
}

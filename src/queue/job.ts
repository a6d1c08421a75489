import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type CellRecord, canonicalJson, type PlannedCell } from '../config/index.ts';
import type { PlannedTask } from '../runner/index.ts';

/** Redis names of this program. BullMQ's own stand under the first. */
export const BULLMQ_PREFIX = 'coop-bench:jobs';
export const PREFIX = 'coop-bench';

/** A group of cells on its way to a worker: no paths, which mean nothing on another machine. */
export interface QueueJob {
  readonly label: string;
  /** One, or several to be fitted in one graph. */
  readonly cells: readonly PlannedCell[];
  /** Keys of those whose records are asked for. */
  readonly wanted: readonly string[];
}

/** What came of a job. */
export type QueueResult =
  | { readonly status: 'ok'; readonly records: readonly CellRecord[]; readonly prompts: readonly string[] }
  | {
      readonly status: 'failed';
      readonly error: { readonly code: string; readonly message: string; readonly stack?: string };
    };

const planned = z.looseObject({
  key: z.string(),
  cell: z.looseObject({
    dataset: z.looseObject({ key: z.string() }),
    backbone: z.looseObject({ sha256: z.string() }),
  }),
});

const jobSchema = z.object({
  label: z.string(),
  cells: z.array(planned).min(1),
  wanted: z.array(z.string()).min(1),
});

const resultSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ok'),
    // Checked in full where they are written.
    records: z.array(z.looseObject({ key: z.string(), status: z.enum(['ok', 'failed']) })),
    prompts: z.array(z.string()),
  }),
  z.object({
    status: z.literal('failed'),
    error: z.object({ code: z.string(), message: z.string(), stack: z.string().exactOptional() }),
  }),
]);

/** @throws {z.ZodError} It is no job of this program. */
export const parseJob = (data: unknown): QueueJob => jobSchema.parse(data) as unknown as QueueJob;

/** Null: it is no result of this program. */
export function parseResult(text: string): QueueResult | null {
  try {
    return resultSchema.parse(JSON.parse(text)) as unknown as QueueResult;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** The job of a task, or null for one that computes no cells. */
export function jobOf({ payload, label }: PlannedTask): QueueJob | null {
  return payload.kind === 'cells' ? { label, cells: payload.cells, wanted: payload.wanted } : null;
}

/**
 * Name of a job: of its cells and of those that are wanted, so the same work is one job whoever asks. A hash, since
 * the queue's names may hold no colon and be no number.
 */
export function jobId({ cells, wanted }: Pick<QueueJob, 'cells' | 'wanted'>): string {
  const names = canonicalJson([cells.map(({ key }) => key), wanted]);
  return `cells-${createHash('sha256').update(names).digest('hex').slice(0, 32)}`;
}

/** Whether a result spares computing: every record that is wanted, and none of a failure. */
export const isWhole = (result: QueueResult | null, wanted: readonly string[]): boolean =>
  result?.status === 'ok' &&
  wanted.every((key) => result.records.some((record) => record.key === key && record.status === 'ok'));

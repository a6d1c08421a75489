import { z } from 'zod';
import { CELL_KEY_LENGTH } from './cell-key.ts';
import type { CellRecord } from './record.ts';

// Loose objects throughout: a field that a later version adds must stay in the record, since every field of a cell
// counts in its key. What is listed here is what the reports rely on.

const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const sha256 = z.string().min(1);

const dataset = z.looseObject({ key: z.string().min(1), fingerprint: sha256 });
// Settings are the method's own; a record keeps them all.
const method = z.looseObject({ kind: z.string().min(1), key: z.string().min(1), version: z.int() });

const cell = z.looseObject({
  dataset,
  backbone: z.looseObject({
    name: z.string().min(1),
    sha256,
    settings: z.record(z.string(), z.unknown()).optional(),
  }),
  method,
  shots: count,
  seed: z.int().nullable(),
  targets: z.array(dataset),
  runtime: z.looseObject({ engine: z.string(), device: z.string(), precision: z.string() }),
  limit: count.nullable(),
});

const nearestWords = z.looseObject({
  position: count,
  words: z.array(z.looseObject({ word: z.string(), distance: z.number() })),
});

const result = z.looseObject({
  scores: z.array(
    z.looseObject({
      target: z.string(),
      accuracy: fraction,
      macroAccuracy: fraction,
      correct: count,
      count,
      perClass: z.looseObject({ correct: z.array(count), count: z.array(count) }),
      hits: z.base64(),
      mistakes: z.base64().exactOptional(),
    }),
  ),
  trainPictures: count,
  validationPictures: count,
  classes: count,
  details: z.looseObject({
    lossPerEpoch: z.array(z.number()).exactOptional(),
    accuracyPerEpoch: z.array(fraction).exactOptional(),
    nearestWords: z.array(nearestWords).exactOptional(),
    c: z.number().exactOptional(),
    learningRate: z.number().exactOptional(),
    chosen: z.record(z.string(), z.number()).exactOptional(),
    validation: z
      .array(z.looseObject({ setting: z.string(), value: z.number(), accuracy: fraction }))
      .exactOptional(),
    validationAccuracy: fraction.exactOptional(),
    iterations: count.exactOptional(),
    steps: count.exactOptional(),
  }),
  flops: z.number().min(0),
});

const identity = { key: z.string().length(CELL_KEY_LENGTH), cell };

const base = {
  schemaVersion: z.literal(2),
  ...identity,
  run: z.looseObject({
    startedAt: z.string(),
    durationMs: z.number().min(0),
    host: z.string(),
    threads: z.int().min(1),
    gitRevision: z.string().nullable(),
    versions: z.record(z.string(), z.string()),
  }),
};

/** What a record must look like on disk. A file that differs counts as damaged. */
export const recordSchema: z.ZodType<CellRecord> = z.discriminatedUnion('status', [
  z.looseObject({ ...base, status: z.literal('ok'), result }),
  z.looseObject({
    ...base,
    status: z.literal('failed'),
    error: z.looseObject({ code: z.string(), message: z.string(), stack: z.string().exactOptional() }),
  }),
]);

/**
 * A cell of a report's `results.json`: its configuration and what was measured, without the circumstances of the run.
 */
export const resultCellSchema = z.discriminatedUnion('status', [
  z.looseObject({ ...identity, status: z.literal('ok'), result }),
  z.looseObject({
    ...identity,
    status: z.literal('failed'),
    error: z.looseObject({ code: z.string(), message: z.string() }),
  }),
  z.looseObject({ ...identity, status: z.literal('missing') }),
]);

import { z } from 'zod';
import { CELL_KEY_LENGTH, type CellRecord, CLASS_TOKEN_POSITIONS } from '../config/index.ts';

// Loose objects throughout: a field that a later version adds must stay in the record, since every field of a cell
// counts in its key. What is listed here is what the reports rely on.

const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const sha256 = z.string().min(1);

const dataset = z.looseObject({ key: z.string().min(1), fingerprint: sha256 });
const methodBase = { key: z.string().min(1), version: z.int() };

const method = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('zeroshot'), ...methodBase, prompts: z.array(z.string()) }),
  z.looseObject({ kind: z.literal('linear_probe'), ...methodBase }),
  z.looseObject({
    kind: z.literal('coop'),
    ...methodBase,
    nCtx: z.int().min(1),
    position: z.enum(CLASS_TOKEN_POSITIONS),
    csc: z.boolean(),
    ctxInit: z.string().nullable(),
    epochs: count,
    batchSize: count,
    learningRate: z.number(),
    momentum: z.number(),
    weightDecay: z.number(),
    warmupEpochs: count,
    warmupLearningRate: z.number(),
    views: z.union([count, z.literal('fresh')]),
  }),
]);

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
    }),
  ),
  trainPictures: count,
  validationPictures: count,
  classes: count,
  details: z.looseObject({
    lossPerEpoch: z.array(z.number()).exactOptional(),
    nearestWords: z.array(nearestWords).exactOptional(),
    c: z.number().exactOptional(),
    validationAccuracy: fraction.exactOptional(),
    iterations: count.exactOptional(),
    steps: count.exactOptional(),
  }),
});

const base = {
  schemaVersion: z.literal(1),
  key: z.string().length(CELL_KEY_LENGTH),
  cell,
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

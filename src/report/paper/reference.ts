import { z } from 'zod';

const entrySchema = z.looseObject({
  mean: z.number().nullable(),
  source: z.string().nullable(),
  note: z.string().optional(),
  derived: z.union([z.string(), z.boolean()]).optional(),
  inferred: z.union([z.string(), z.boolean()]).optional(),
  confidence: z.string().optional(),
  alternatives: z
    .array(z.looseObject({ mean: z.number(), source: z.string(), note: z.string().optional() }))
    .optional(),
});

const table = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value);

const referenceSchema = z.looseObject({
  schema_version: z.literal(1),
  sources: table(z.looseObject({ where: z.string(), note: z.string().optional() })),
  protocol: z.looseObject({
    seeds: z.array(z.number()),
    epochs: table(z.number()),
    lr: z.number(),
    batch_size: z.number(),
    templates: table(z.string()),
  }),
  fewshot: table(table(table(table(entrySchema)))),
  zeroshot: table(table(table(entrySchema))),
  domainshift: table(table(table(entrySchema))),
  ablations: z.looseObject({
    prompt_ensembling_imagenet: z.looseObject({ ensemble: table(entrySchema) }),
    context_length_rn50: z.looseObject({ imagenet_16shot: table(entrySchema) }),
  }),
  reproductions: z.array(
    z.looseObject({
      what: z.string(),
      paper: z.number(),
      obtained: z.union([z.number(), z.array(z.number())]),
      std: z.number().optional(),
      source: z.string(),
    }),
  ),
});

/** One published accuracy, in percent; null where it was not found. */
export type PublishedEntry = z.infer<typeof entrySchema>;

/** What users obtained with the official code where the paper states `paper`; in percent. */
export type Reproduction = z.infer<typeof referenceSchema>['reproductions'][number];

/** Published numbers with their sources: the layout of `benchmarks/paper/reference.json`. */
export type PaperReference = z.infer<typeof referenceSchema>;

/** @throws {Error} The file is not laid out so: our own bug, it comes with the program. */
export function parsePaperReference(json: unknown): PaperReference {
  return referenceSchema.parse(json);
}

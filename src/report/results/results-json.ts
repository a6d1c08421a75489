import { z } from 'zod';
import { resultCellSchema } from '../../config/index.ts';
import type { PlannedResult } from '../join.ts';
import { backbonesOf, type ReportPlan } from '../plan.ts';

const titled = z.looseObject({ key: z.string(), title: z.string() });

/** What `results.json` holds: the plan, and every cell with its result. */
const resultsSchema = z.looseObject({
  format: z.literal('coop-bench/results'),
  version: z.literal(1),
  experiment: z.string(),
  title: z.string(),
  command: z.string(),
  backbones: z.array(z.string()),
  datasets: z.array(titled.extend({ classNames: z.array(z.string()).exactOptional() })),
  methods: z.array(titled),
  shots: z.array(z.int().min(1)),
  seeds: z.array(z.int()),
  cells: z.array(resultCellSchema),
});

/** JSON Schema (2020-12) of `results.json`, as it is published in `docs/results.schema.json`. */
export function resultsJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(resultsSchema, { target: 'draft-2020-12' });
  return { $schema, $id: 'coop-bench/results/1', title: 'Results of a coop-bench report', ...schema };
}

/**
 * A report's plan and results as one JSON text, a cell a line: configuration and result as in the records, without the
 * circumstances of the run (they differ between two runs and stand in `timings.csv`, by key).
 */
export function resultsJson(plan: ReportPlan, results: readonly PlannedResult[]): string {
  const cells = results.map(({ key, cell, record }) => {
    if (record === null) return { key, cell, status: 'missing' };
    if (record.status === 'ok') return { key, cell, status: 'ok', result: record.result };
    const { code, message } = record.error;
    return { key, cell, status: 'failed', error: { code, message } };
  });
  const head = {
    format: 'coop-bench/results',
    version: 1,
    experiment: plan.experiment,
    title: plan.title,
    command: plan.command,
    backbones: backbonesOf(plan),
    datasets: plan.datasets.map(({ key, title, classNames }) => ({ key, title, classNames })),
    methods: plan.methods.map(({ key, title }) => ({ key, title })),
    shots: plan.shots,
    seeds: plan.seeds,
  };
  const lines = cells.map((cell) => JSON.stringify(cell)).join(',\n');
  return `${JSON.stringify(head).slice(0, -1)},"cells":[\n${lines}\n]}\n`;
}

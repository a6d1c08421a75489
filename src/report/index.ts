export { type Comparison, compareMethods } from './compare.ts';
export type { RunCircumstances } from './cost.ts';
export { html } from './html.ts';
export { type PaperReference, parsePaperReference } from './paper/reference.ts';
export type { PageImage, ReportPlan, TitledKey } from './plan.ts';
export { resultsJsonSchema } from './results/results-json.ts';
export {
  CELL_COLUMNS,
  type CellRow,
  SUMMARY_COLUMNS,
  type SummaryRow,
  TIMING_COLUMNS,
  type TimingRow,
} from './rows.ts';
export { mean, type PairedInterval, pairedInterval, populationStd } from './statistics.ts';
export { buildTables, type ReportTables } from './tables.ts';
export { type ComparedRun, writeTwoRuns } from './two-runs/index.ts';
export { type ExperimentPlan, writeExperiment } from './write-experiment.ts';
export { writeReport } from './write-report.ts';

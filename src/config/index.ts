export type { Benchmark, Study, StudyExtent } from './benchmark.ts';
export { canonicalJson } from './canonical-json.ts';
export type {
  BackboneIdentity,
  Cell,
  ClassTokenPosition,
  DatasetIdentity,
  MethodConfig,
  PlannedCell,
  RuntimeIdentity,
} from './cell.ts';
export { CLASS_TOKEN_POSITIONS } from './cell.ts';
export { CELL_KEY_LENGTH, cellKey } from './cell-key.ts';
export { oneLine, UserError } from './errors.ts';
export { nearNames } from './near-names.ts';
export * from './options.ts';
export type {
  CellFailure,
  CellRecord,
  CellResult,
  MethodDetails,
  NearestWords,
  PerClass,
  RunInfo,
  Score,
  ValidationPoint,
} from './record.ts';
export { recordSchema, resultCellSchema } from './record-schema.ts';

export type { Benchmark } from './benchmark.ts';
export { canonicalJson } from './canonical-json.ts';
export type {
  BackboneIdentity,
  Cell,
  ClassTokenPosition,
  CoOpConfig,
  DatasetIdentity,
  LinearProbeConfig,
  MethodConfig,
  PlannedCell,
  RuntimeIdentity,
  ZeroShotConfig,
} from './cell.ts';
export { CLASS_TOKEN_POSITIONS } from './cell.ts';
export { CELL_KEY_LENGTH, cellKey } from './cell-key.ts';
export { UserError } from './errors.ts';
export { checkMethodKey, type EpochPolicy, METHOD_KEYS, methodConfig, methodTitle } from './methods.ts';
export { nearNames } from './near-names.ts';
export * from './options.ts';
export type {
  CellFailure,
  CellRecord,
  CellResult,
  MethodDetails,
  NearestWords,
  RunInfo,
  Score,
} from './record.ts';

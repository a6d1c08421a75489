export { type CellGroup, planGroups } from './cell-groups.ts';
export { cellSizes } from './cell-sizes.ts';
export { estimateRun, type SetCost, spanMilliseconds } from './estimate-run.ts';
export {
  type Backbone,
  datasetsOf,
  type Experiment,
  planCells,
  planStudy,
  type StudyGrid,
  settingsOn,
} from './experiment.ts';
export { type FeatureIdentity, featureKeys } from './feature-key.ts';
export { type DamagedShard, FeatureStore } from './feature-store.ts';
export { fitWorkers } from './fit-workers.ts';
export { type FolderStatus, folderStatus, type RunLife, type SeenRun } from './folder-status.ts';
export { INTERRUPTED_EXIT_CODE, type Interrupt, watchInterrupt } from './interrupt.ts';
export type { JobPlace, JobValue } from './job.ts';
export { type Parallelism, resolveParallelism, sparePictureThreads } from './parallelism.ts';
export { type DrawOf, picturesNeeded, rememberedDraws } from './picture-needs.ts';
export { runTasks } from './pool-client.ts';
export type { RunTasksOptions, TaskFeed } from './pool-options.ts';
export {
  createProgress,
  PROGRESS_MODES,
  type Progress,
  type ProgressMode,
  type ProgressOptions,
} from './progress.ts';
export type { ProgressTask } from './progress-state.ts';
export { formatDuration } from './progress-text.ts';
export { promptPath } from './prompt-store.ts';
export type { Rates } from './rates.ts';
export { RecordStore, type RecordSurvey } from './record-store.ts';
export type { RemotePool } from './remote-pool.ts';
export { type RunSettings, type RunSummary, runExperiment } from './run-experiment.ts';

export { CellClaims } from './sharing/cell-claims.ts';
export { HolderWatch } from './sharing/holder-watch.ts';
export { withReportLock } from './sharing/report-lock.ts';
export type { Outcome, PoolEvent, Task, TaskError } from './task.ts';
export type { ModelSize } from './task-size.ts';
export { cellLabel, type PlannedTask, planTasks } from './tasks.ts';
export { testSubset } from './test-subset.ts';
export { runtimeVersions } from './versions.ts';
export type { WorkerFunction, WorkerJob } from './worker-job.ts';

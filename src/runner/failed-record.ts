import { hostname } from 'node:os';
import type { CellRecord, PlannedCell } from '../config/index.ts';
import type { Experiment } from './experiment.ts';
import type { TaskError } from './task.ts';
import { runtimeVersions } from './versions.ts';

/** The record of a cell that could not be computed. */
export function failedRecord(
  planned: PlannedCell,
  error: TaskError,
  threads: number,
  engineVersions: Experiment['engineVersions'],
): CellRecord {
  return {
    schemaVersion: 2,
    status: 'failed',
    ...planned,
    error,
    run: {
      startedAt: new Date().toISOString(),
      durationMs: 0,
      host: hostname(),
      threads,
      ...runtimeVersions(engineVersions),
    },
  };
}

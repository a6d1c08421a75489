import { formatBytes } from '../files/index.ts';
import type { ProgressView, WorkerView } from './progress-state.ts';

/**
 * A duration as a person says it: `40 s`, `3 min`, `1 h 05 min`. Rounded up, at least 1 s.
 */
export function formatDuration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Whole percent, rounded down, so that 100 means all; but 0.15 is 15, whatever its last bit. */
export function percent(fraction: number): number {
  return Math.floor(fraction * 100 + 1e-9);
}

/** `0.4 cells/min`, `12 cells/min`. */
function rate(cellsPerMinute: number): string {
  return `${cellsPerMinute < 10 ? cellsPerMinute.toFixed(1) : Math.round(cellsPerMinute)} cells/min`;
}

/** `12 of 495 cells · 3 % · 2 running · 4.1 cells/min · 4 min left · 820 MB · 1 failed`. */
export function summaryLine(view: ProgressView): string {
  const parts = [`${view.doneCells} of ${view.totalCells} cells`, `${percent(view.fraction)} %`];
  if (view.runningCells > 0) parts.push(`${view.runningCells} running`);
  if (view.cellsPerMinute !== null) parts.push(rate(view.cellsPerMinute));
  parts.push(view.timeLeftMs === 0 ? `took ${formatDuration(view.elapsedMs)}` : timeLeft(view));
  if (view.memoryBytes !== null) parts.push(formatBytes(view.memoryBytes));
  if (view.remoteWorkers !== null) {
    parts.push(`${view.remoteWorkers} worker${view.remoteWorkers === 1 ? '' : 's'}`);
  }
  if (view.failedCells > 0) parts.push(`${view.failedCells} failed`);
  return parts.join(' · ');
}

/** `icons · CoOp · seed 1: 40 % epoch 12 of 50`. */
export function workerLine(worker: WorkerView): string {
  const details = [
    ...(worker.fraction > 0 ? [`${percent(worker.fraction)} %`] : []),
    ...(worker.message === null ? [] : [worker.message]),
  ];
  return details.length === 0 ? worker.label : `${worker.label}: ${details.join(' ')}`;
}

function timeLeft(view: ProgressView): string {
  return view.timeLeftMs === null ? 'time left not known yet' : `${formatDuration(view.timeLeftMs)} left`;
}

import {
  type ProgressSources,
  ProgressState,
  type ProgressTask,
  type ProgressView,
} from './progress-state.ts';
import { percent, summaryLine, workerLine } from './progress-text.ts';
import type { PoolEvent } from './task.ts';
import { type ProgressStream, TerminalBlock } from './terminal-block.ts';

/** `auto`: a display in place on a terminal, plain lines elsewhere. */
export const PROGRESS_MODES = ['auto', 'terminal', 'lines', 'json', 'none'] as const;
export type ProgressMode = (typeof PROGRESS_MODES)[number];

const LINE_EVERY_MS = 5_000;
const LINE_EVERY_PERCENT = 5;
const DRAW_EVERY_MS = 200;
const SHOWN_WORKERS = 8;

/** What a progress display needs. */
export interface ProgressOptions extends ProgressSources {
  readonly mode: ProgressMode;
  /** Never stdout, which belongs to results. Default stderr. */
  readonly stream?: ProgressStream;
  readonly tasks: readonly ProgressTask[];
  readonly workers: number;
  /** Milliseconds on any clock that only goes forward. Default: the process's. */
  readonly now?: () => number;
}

/** A running display. Its first output comes when it is made. */
export interface Progress {
  /** Give it to `runTasks` as `onEvent`, or call it from there. */
  handle(event: PoolEvent): void;
  /** A line for the person, e.g. that Ctrl-C was heard; shown in every mode but `none`. */
  note(message: string): void;
  /** What is shown now. */
  view(): ProgressView;
  /** Shows the final state and ends the display. */
  close(): void;
}

interface Renderer {
  changed(event: PoolEvent | null, view: ProgressView): void;
  note(message: string): void;
  close(view: ProgressView): void;
}

/**
 * Makes the progress display of a run.
 *
 * - terminal: a block in place, one line for all and one a worker.
 * - lines: one at once, then one about every 5 s or 5 %.
 * - json: one object a line: `{"event": "begin" | "start" | "progress" | "finish" | "restart" | "memory" |
 *   "workers" | "log" | "note" | "end", …}` with `doneCells`, `totalCells`, `failedCells`, `runningCells`, `cellsPerMinute`, `memoryBytes`,
 *   `timeLeftMs` (each null: not known yet), `fraction` and `elapsedMs`.
 */
export function createProgress(options: ProgressOptions): Progress {
  const now = options.now ?? (() => performance.now());
  const state = new ProgressState(options.tasks, options.workers, now(), options);
  const view = (): ProgressView => state.view(now());
  const renderer = createRenderer(options, view);
  renderer.changed(null, view());
  return {
    handle: (event) => {
      state.apply(event, ('heardMs' in event ? event.heardMs : undefined) ?? now());
      renderer.changed(event, view());
    },
    note: (message) => renderer.note(message),
    view,
    close: () => renderer.close(view()),
  };
}

function createRenderer(options: ProgressOptions, view: () => ProgressView): Renderer {
  const stream = options.stream ?? process.stderr;
  switch (options.mode) {
    case 'auto':
      return stream.isTTY === true ? terminalRenderer(stream, view) : lineRenderer(stream);
    case 'terminal':
      return terminalRenderer(stream, view);
    case 'lines':
      return lineRenderer(stream);
    case 'json':
      return jsonRenderer(stream, view);
    case 'none':
      return { changed: () => {}, note: () => {}, close: () => {} };
    default:
      return options.mode satisfies never;
  }
}

function lineRenderer(stream: ProgressStream): Renderer {
  let lastMs = 0;
  let lastStep = -1;
  const print = (view: ProgressView): void => {
    lastMs = view.elapsedMs;
    lastStep = Math.floor(percent(view.fraction) / LINE_EVERY_PERCENT);
    const busy = view.workers.find((worker) => worker !== null);
    stream.write(`${summaryLine(view)}${busy ? ` · ${workerLine(busy)}` : ''}\n`);
  };
  return {
    changed: (event, view) => {
      const message = remark(event);
      if (message !== null) stream.write(`${message}\n`);
      const step = Math.floor(percent(view.fraction) / LINE_EVERY_PERCENT);
      // The last line is close()'s.
      if (
        lastStep < 0 ||
        (view.fraction < 1 && (step > lastStep || view.elapsedMs - lastMs >= LINE_EVERY_MS))
      ) {
        print(view);
      }
    },
    note: (message) => stream.write(`${message}\n`),
    close: print,
  };
}

function terminalRenderer(stream: ProgressStream, view: () => ProgressView): Renderer {
  const block = new TerminalBlock(stream);
  const draw = (): void => {
    const current = view();
    const busy = current.workers.filter((worker) => worker !== null);
    const more = busy.length > SHOWN_WORKERS ? [`  and ${busy.length - SHOWN_WORKERS} more`] : [];
    block.draw([
      summaryLine(current),
      ...busy.slice(0, SHOWN_WORKERS).map((worker) => `  ${workerLine(worker)}`),
      ...more,
    ]);
  };
  // Only the timer draws, so that a thousand events a second cost nothing. It must not keep the process alive.
  const timer = setInterval(draw, DRAW_EVERY_MS);
  timer.unref();
  const above = (message: string): void => {
    block.above(message);
    draw();
  };
  draw();
  return {
    changed: (event) => {
      const message = remark(event);
      if (message !== null) above(message);
    },
    note: above,
    close: () => {
      clearInterval(timer);
      draw();
    },
  };
}

function jsonRenderer(stream: ProgressStream, view: () => ProgressView): Renderer {
  const write = (fields: Readonly<Record<string, unknown>>, current: ProgressView): void => {
    const { workers: _, remoteWorkers: _elsewhere, ...totals } = current;
    stream.write(`${JSON.stringify({ ...fields, ...totals })}\n`);
  };
  return {
    changed: (event, current) => write(jsonFields(event), current),
    note: (message) => write({ event: 'note', message }, view()),
    close: (current) => write({ event: 'end' }, current),
  };
}

function jsonFields(event: PoolEvent | null): Readonly<Record<string, unknown>> {
  if (event === null) return { event: 'begin' };
  if (event.kind === 'progress') {
    // The task's own fraction must not hide that of the run.
    const { kind, fraction, ...rest } = event;
    return { event: kind, ...rest, taskFraction: fraction };
  }
  if (event.kind !== 'finish') {
    const { kind, ...rest } = event;
    return { event: kind, ...rest };
  }
  // The value of a task is a result, and results are no progress.
  const { outcome, worker } = event;
  const error =
    outcome.status === 'failed' ? { code: outcome.error.code, message: outcome.error.message } : {};
  return { event: 'finish', taskId: outcome.taskId, worker, status: outcome.status, ...error };
}

/** What a person must read of an event, beyond the totals. */
function remark(event: PoolEvent | null): string | null {
  if (event?.kind === 'restart') {
    return `the process that computes ended (${event.reason}); starting it again, ${event.taskIds.length} tasks run again`;
  }
  if (event?.kind === 'log') return event.line;
  if (event?.kind === 'finish' && event.outcome.status === 'failed') {
    return `${event.outcome.taskId} failed: ${event.outcome.error.code}: ${event.outcome.error.message}`;
  }
  return null;
}

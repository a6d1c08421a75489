import { stripVTControlCharacters } from 'node:util';
import { formatBytes } from '../files/index.ts';
import { formatDuration, type ProgressMode } from '../runner/index.ts';
import type { ModelEventListener } from './download-model.ts';

type DownloadEvent = Parameters<ModelEventListener>[0];

/** Where a display writes: stderr, or a test. */
interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A running display of downloads. */
export interface DownloadProgress {
  readonly handle: ModelEventListener;
  /** A line for the person; shown in every mode but `none`. */
  note(message: string): void;
  /** Leaves the terminal in order. */
  close(): void;
}

const DRAW_EVERY_MS = 200;
const LINE_EVERY_MS = 5_000;
/** The rate is that of the last seconds: an average over hours would not show that a connection went slow. */
const RATE_WINDOW_MS = 10_000;
/** Hashing less takes no time worth a line. */
const SLOW_TO_CHECK_BYTES = 2e8;

/** Bytes a second of the last seconds, and the time left at that rate. */
export class RateMeter {
  #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  /** @returns Null: too little came to tell. */
  measure(doneBytes: number, totalBytes: number | null, atMs: number) {
    const last = this.#samples.at(-1);
    // Started over, or another file.
    if (last !== undefined && doneBytes < last.bytes) this.#samples = [];
    this.#samples.push({ atMs, bytes: doneBytes });
    while (this.#samples.length > 2 && this.#samples[1]!.atMs < atMs - RATE_WINDOW_MS) this.#samples.shift();
    const [first] = this.#samples as [{ atMs: number; bytes: number }];
    const [ms, bytes] = [atMs - first.atMs, doneBytes - first.bytes];
    const bytesPerSecond = ms < 500 || bytes <= 0 ? null : (bytes / ms) * 1000;
    const timeLeftMs =
      bytesPerSecond === null || totalBytes === null
        ? null
        : ((totalBytes - doneBytes) / bytesPerSecond) * 1000;
    return { bytesPerSecond, timeLeftMs };
  }
}

/**
 * Makes the display of downloads.
 *
 * - terminal: a line in place. - lines: one a file, then one about every 5 s.
 * - json: one object a line, the events of a download with `file`; `bytes` also has `bytesPerSecond` and
 *   `timeLeftMs` (null: not known yet), and comes about five times a second.
 */
export function downloadProgress(
  mode: ProgressMode,
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): DownloadProgress {
  if (mode === 'none') return { handle: () => {}, note: () => {}, close: () => {} };
  const inPlace = mode === 'terminal' || (mode === 'auto' && stream.isTTY === true);
  const everyMs = mode === 'json' || inPlace ? DRAW_EVERY_MS : LINE_EVERY_MS;
  let meter = new RateMeter();
  let file: string | null = null;
  let shownMs = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write('\r\x1b[K');
    drawn = false;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${stripVTControlCharacters(text)}\n`);
  };
  const handle: ModelEventListener = (event, about) => {
    const name = about?.name ?? null;
    if (name !== file) {
      meter = new RateMeter();
      file = name;
      shownMs = Number.NEGATIVE_INFINITY;
    }
    if (event.kind !== 'bytes') {
      if (mode === 'json') {
        const { kind, ...rest } = event;
        stream.write(`${JSON.stringify({ event: kind, file, ...rest })}\n`);
        return;
      }
      const text = eventText(event);
      if (text !== null) line(file === null ? text : `${file}: ${text}`);
      return;
    }
    const atMs = now();
    const { doneBytes, totalBytes } = event;
    const rate = meter.measure(doneBytes, totalBytes, atMs);
    if (atMs - shownMs < everyMs) return;
    shownMs = atMs;
    if (mode === 'json') {
      stream.write(`${JSON.stringify({ event: 'bytes', file, doneBytes, totalBytes, ...rate })}\n`);
      return;
    }
    const text = `${file}: ${bytesText(doneBytes, totalBytes, rate)}`;
    if (!inPlace) {
      line(text);
      return;
    }
    stream.write(`\r\x1b[K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
    drawn = true;
  };
  const note = (message: string): void => {
    if (mode === 'json') stream.write(`${JSON.stringify({ event: 'note', message })}\n`);
    else line(message);
  };
  return { handle, note, close: clear };
}

/** `120 MB of 605 MB · 19 % · 12.3 MB/s · 40 s left`. */
function bytesText(done: number, total: number | null, rate: ReturnType<RateMeter['measure']>): string {
  const { bytesPerSecond, timeLeftMs } = rate;
  return [
    total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`,
    ...(total === null || total === 0 ? [] : [`${Math.floor((done / total) * 100)} %`]),
    ...(bytesPerSecond === null ? [] : [`${formatBytes(Math.round(bytesPerSecond))}/s`]),
    ...(timeLeftMs === null || done === total ? [] : [`${formatDuration(timeLeftMs)} left`]),
  ].join(' · ');
}

function eventText(event: Exclude<DownloadEvent, { readonly kind: 'bytes' }>): string | null {
  switch (event.kind) {
    case 'wait':
      return `${event.holder} is downloading it too; waiting for that`;
    case 'retry': {
      const pause = event.delayMs < 1000 ? 'now' : `in ${formatDuration(event.delayMs)}`;
      return `${event.reason}; try ${event.failed + 1} of ${event.tries} ${pause}`;
    }
    case 'check':
      return event.totalBytes < SLOW_TO_CHECK_BYTES ? null : 'checking its hash';
    case 'restart':
      return 'what was put together is not the published file; fetching it again in one go';
    case 'done':
      return `${formatBytes(event.totalBytes)}, ${event.fetched ? 'complete' : 'there already'}, hash as published`;
    default:
      return event satisfies never;
  }
}

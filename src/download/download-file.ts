import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../config/index.ts';
import { formatBytes, hashFile, makeFolder, syncFolder } from '../files/index.ts';
import type { Digest } from './digest.ts';
import { acquireDownloadLock, type LockTiming } from './download-lock.ts';
import type { HttpClient } from './http-client.ts';
import { PartFile } from './part-file.ts';
import { type RetryNotice, type RetrySettings, withRetries } from './retry.ts';
import { progressText, transferOnce } from './transfer.ts';
import { shownUrl, TransferProblem } from './transfer-problem.ts';

/** What happens while a file is fetched. */
export type DownloadEvent =
  /** Another process fetches the same file. */
  | { readonly kind: 'wait'; readonly holder: string }
  /** How much has come; also after it went back to 0. */
  | { readonly kind: 'bytes'; readonly doneBytes: number; readonly totalBytes: number | null }
  | ({ readonly kind: 'retry' } & RetryNotice)
  /** All bytes are there and get hashed. */
  | { readonly kind: 'check'; readonly totalBytes: number }
  /** What was put together is not the file that was published; it is fetched again in one go. */
  | { readonly kind: 'restart' }
  /** `fetched`: false if the file was there already. */
  | { readonly kind: 'done'; readonly totalBytes: number; readonly fetched: boolean };

/** A file to fetch. */
export interface DownloadRequest extends RetrySettings {
  readonly client: HttpClient;
  readonly url: string;
  /** Final name; what has come so far stands in `<path>.part`. */
  readonly path: string;
  /** Published hash. Without it, only lengths are checked. */
  readonly digest?: Digest | null;
  /** Published size in bytes. */
  readonly size?: number | null;
  /** Bearer token for the host of `url`. */
  readonly token?: string | null;
  /** A server that sends nothing for so long has failed. Default 60 s. */
  readonly stallMs?: number;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: DownloadEvent) => void;
  /** What to try when the server answers with a status that gives no file. */
  readonly hint?: (status: number) => string;
  readonly lock?: LockTiming;
}

/** A lost connection is forgiven once so much came through it. */
const GAIN_BYTES = 2 ** 20;
/** How often bytes that do not fit together are thrown away. */
const MOST_RESTARTS = 2;
const GO_ON = 'run the same command again: it goes on from there';

/**
 * Fetches a file so that its final name only ever shows the whole of it, checked.
 *
 * What came before a lost connection, an interruption or a crash is kept in `<path>.part` and used by the next try or
 * call. Several processes may ask for the same file: one fetches it, the others wait and use it. A file that is there
 * is checked, and fetched again if it is not the published one.
 *
 * @returns `present` if the file was there and is right, `downloaded` if it was fetched.
 * @throws {UserError} DOWNLOAD_FAILED after the last try, DOWNLOAD_WRONG_FILE, DOWNLOAD_REFUSED,
 *   DOWNLOAD_NOT_FOUND, DOWNLOAD_UNTRUSTED, DOWNLOAD_REDIRECTS, DOWNLOAD_TAKEN_OVER, DISK_FULL, FOLDER_NOT_WRITABLE.
 *   The reason of `signal`, once it is aborted.
 */
export async function downloadFile(request: DownloadRequest): Promise<'downloaded' | 'present'> {
  const { path, signal, onEvent = () => {} } = request;
  makeFolder(dirname(path));
  const lock = await acquireDownloadLock(
    path,
    signal,
    (holder) => onEvent({ kind: 'wait', holder }),
    request.lock,
  );
  try {
    const present = statSync(path, { throwIfNoEntry: false });
    if (present?.isFile() && (await mismatch(path, present.size, request, onEvent)) === null) {
      onEvent({ kind: 'done', totalBytes: present.size, fetched: false });
      return 'present';
    }
    const part = await PartFile.open(path);
    let whole = false;
    try {
      await fill(part, request, onEvent);
      await part.sync();
      whole = true;
    } finally {
      await part.close();
      // Nothing to go on from.
      if (!whole && part.length === 0) part.remove();
    }
    lock.check();
    part.moveTo(path);
    syncFolder(dirname(path));
    onEvent({ kind: 'done', totalBytes: part.length, fetched: true });
    return 'downloaded';
  } finally {
    lock.release();
  }
}

/** Fetches until the part is the published file. */
async function fill(
  part: PartFile,
  request: DownloadRequest,
  onEvent: (event: DownloadEvent) => void,
): Promise<void> {
  for (let restarts = 0; ; restarts++) {
    await transferWithRetries(part, request, onEvent);
    const wrong = await mismatch(part.path, part.length, request, onEvent);
    if (wrong === null) return;
    const mayHelp = part.assembled && restarts < MOST_RESTARTS;
    await part.startOver();
    if (!mayHelp) {
      part.remove();
      throw new UserError('DOWNLOAD_WRONG_FILE', {
        where: `downloading ${shownUrl(request.url)}`,
        expected: wrong.expected,
        found: `${wrong.found}; what came was deleted`,
        hint: 'the server has another file than the published one: try again later, or another mirror',
      });
    }
    onEvent({ kind: 'restart' });
  }
}

async function transferWithRetries(
  part: PartFile,
  request: DownloadRequest,
  onEvent: (event: DownloadEvent) => void,
): Promise<void> {
  const { client, url, token = null, size = null, digest = null, signal, stallMs = 60_000 } = request;
  const hint = request.hint ?? (() => 'check the address');
  let totalBytes = size;
  let gainedFrom = part.length;
  const tell = (): void => onEvent({ kind: 'bytes', doneBytes: part.length, totalBytes });
  const attempt = async (): Promise<void> => {
    try {
      await checkRoom(part, size);
      await transferOnce(part, {
        client,
        url,
        token,
        size,
        verified: digest !== null,
        stallMs,
        signal,
        hint,
        onTotal: (total) => {
          totalBytes = total;
          tell();
        },
        onBytes: tell,
      });
    } catch (error) {
      if (error instanceof TransferProblem && error.startOver) await part.startOver();
      throw error;
    }
  };
  await withRetries(attempt, {
    ...request,
    onRetry: (notice) => onEvent({ kind: 'retry', ...notice }),
    gained: () => {
      const gained = part.length - gainedFrom;
      gainedFrom = part.length;
      return gained >= GAIN_BYTES;
    },
    giveUp: (problem, tries) =>
      new UserError('DOWNLOAD_FAILED', {
        where: `downloading ${shownUrl(url)}`,
        expected: totalBytes === null ? 'the whole file' : `${totalBytes} bytes`,
        found: `${problem.message}, after ${tries} ${tries === 1 ? 'try' : 'tries'}${kept(part.length, totalBytes)}`,
        hint: part.length > 0 ? GO_ON : 'check the connection, and HTTPS_PROXY if this network needs a proxy',
        cause: problem,
      }),
  });
}

const kept = (done: number, total: number | null): string =>
  done === 0 ? '' : `; ${progressText(done, total)} kept`;

/** A disk that cannot hold the rest is told before hours of downloading. */
async function checkRoom(part: PartFile, size: number | null): Promise<void> {
  if (size === null) return;
  const { bavail, bsize, blocks } = await statfs(dirname(part.path));
  const [free, needed] = [bavail * bsize, size - part.length];
  // Some network file systems do not know their size and say 0.
  if (blocks === 0 || free >= needed) return;
  throw new UserError('DISK_FULL', {
    where: `downloading to ${part.path.replace(/\.part$/, '')}`,
    expected: `room for ${formatBytes(needed)} more`,
    found: `${formatBytes(free)} free`,
    hint: 'free some space, or choose another folder with --cache; what has come so far is kept',
  });
}

interface Mismatch {
  readonly expected: string;
  readonly found: string;
}

/** What tells a file from the published one; null if nothing does. */
async function mismatch(
  path: string,
  length: number,
  { size = null, digest = null, signal }: DownloadRequest,
  onEvent: (event: DownloadEvent) => void,
): Promise<Mismatch | null> {
  if (size !== null && length !== size) return { expected: `${size} bytes`, found: `${length} bytes` };
  if (digest === null) return null;
  onEvent({ kind: 'check', totalBytes: length });
  const { algorithm, hex } = digest;
  const found = await hashFile(path, algorithm, signal);
  if (found === hex) return null;
  return { expected: `${algorithm} ${hex}`, found: `${algorithm} ${found} (${length} bytes)` };
}

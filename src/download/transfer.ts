import { UserError } from '../config/index.ts';
import { formatBytes } from '../files/index.ts';
import { discard, type HttpClient, type HttpResponse, networkProblem } from './http-client.ts';
import type { PartFile } from './part-file.ts';
import { parseRetryAfter } from './retry.ts';
import { shownUrl, TransferProblem } from './transfer-problem.ts';

/** What one try needs to know. */
export interface Transfer {
  readonly client: HttpClient;
  readonly url: string;
  readonly token: string | null;
  /** Published size in bytes; null if unknown. */
  readonly size: number | null;
  /** Whether a hash will tell if bytes of different versions were put together. */
  readonly verified: boolean;
  /** A server that sends nothing for so long has failed. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
  /** Called when the length of the whole is known, before bytes are written. Throw to stop. */
  readonly onTotal: (total: number | null) => void;
  readonly onBytes: (bytes: number) => void;
  /** What to try where the server does not give the file, by status. */
  readonly hint: (status: number) => string;
}

/**
 * Tries once to fetch what is missing of a part.
 *
 * Goes on where the part ends if the server can, and if a strong entity tag or a hash will tell that the bytes belong
 * together; else from the beginning. Returns when the part has all bytes the server says there are.
 *
 * @throws {TransferProblem} Another try may help. @throws {UserError} It will not.
 */
export async function transferOnce(part: PartFile, transfer: Transfer): Promise<void> {
  const { client, url, token, size, verified, stallMs, signal } = transfer;
  if (size !== null && part.length > size) await part.startOver();
  if (size !== null && part.length === size) return;
  const known = part.origin?.url === url ? part.origin.etag : null;
  if (part.length > 0 && known === null && !verified) await part.startOver();
  const offset = part.length;

  const silence = new SilenceWatch(stallMs);
  try {
    const response = await client.get({
      url,
      token,
      signal: AbortSignal.any([signal, silence.signal]),
      headers: {
        ...(offset > 0 && { range: `bytes=${offset}-` }),
        ...(offset > 0 && known !== null && { 'if-range': known }),
      },
    });
    silence.heard();
    try {
      const expected = await begin(part, response, offset, known, transfer);
      if (expected === part.length) return;
      await readBody(part, response, expected, silence, transfer);
    } finally {
      discard(response.body);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (silence.fired) throw new TransferProblem(`nothing came for ${stallMs / 1000} s`, { cause: error });
    throw error;
  } finally {
    silence.end();
  }
}

/** Checks an answer's head and readies the part for its body. @returns Bytes of the whole file, or null. */
async function begin(
  part: PartFile,
  response: HttpResponse,
  offset: number,
  known: string | null,
  { url, size, onTotal, hint }: Transfer,
): Promise<number | null> {
  const { status } = response;
  const etag = strongTag(response.header('etag'));
  if (status === 416 && offset > 0) return unsatisfiable(part, response, size);
  if (status !== 200 && status !== 206) throw refusal(response, url, hint(status));
  const encoding = response.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw new TransferProblem(`the answer is compressed (${encoding})`);
  const total = status === 200 ? wholeLength(response) : rangeTotal(response, offset);
  if (size !== null && total !== null && total !== size) {
    throw new TransferProblem(
      `the server has a file of ${total} bytes, where ${size} are published${kindOf(response)}`,
    );
  }
  if (status === 206 && known !== null && etag !== null && etag !== known) {
    throw new TransferProblem('the file on the server has changed', { startOver: true });
  }
  onTotal(size ?? total);
  // A whole answer to a question for the rest: the server knows no ranges, or the file has changed.
  if (status === 200 && offset > 0) await part.startOver();
  await part.beginPiece({ url, etag: etag ?? (status === 206 ? known : null) });
  return size ?? total;
}

async function readBody(
  part: PartFile,
  response: HttpResponse,
  expected: number | null,
  silence: SilenceWatch,
  { url, onBytes }: Transfer,
): Promise<void> {
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      silence.heard();
      if (expected !== null && part.length + chunk.length > expected) {
        throw new TransferProblem(`more than ${expected} bytes came`, { startOver: true });
      }
      await part.append(chunk);
      onBytes(part.length);
    }
  } catch (error) {
    if (error instanceof TransferProblem || error instanceof UserError) throw error;
    throw networkProblem(error, url);
  }
  if (expected !== null && part.length < expected) {
    throw new TransferProblem(`the answer ended after ${part.length} of ${expected} bytes`);
  }
}

/** Only strong tags promise equal bytes (RFC 9110, 8.8.1). */
function strongTag(etag: string | null): string | null {
  return etag?.startsWith('"') ? etag : null;
}

/** Value of a header that is a count; anything else is no count. */
function count(text: string | null | undefined): number | null {
  return text !== null && text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function wholeLength(response: HttpResponse): number | null {
  return count(response.header('content-length'));
}

/** The total that a partial answer states. @throws {TransferProblem} It is not what was asked for. */
function rangeTotal(response: HttpResponse, offset: number): number | null {
  const stated = response.header('content-range');
  const wrong = new TransferProblem(
    `asked for the bytes from ${offset} on, the server answers with ${JSON.stringify(stated?.slice(0, 80) ?? 'some')}`,
    { startOver: true },
  );
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(stated ?? '') ?? [];
  const [from, to, all] = [count(first), count(last), count(total)];
  if (offset === 0 || from !== offset || to === null || to < from) throw wrong;
  if (all === null ? total !== '*' : to >= all) throw wrong;
  return all;
}

/** The server has no bytes behind those that are there: either they are all, or not of this file. */
async function unsatisfiable(
  part: PartFile,
  response: HttpResponse,
  size: number | null,
): Promise<number | null> {
  const stated = /^bytes \*\/(\d+)$/.exec(response.header('content-range') ?? '')?.[1];
  const total = count(stated);
  if (total === part.length && (size === null || size === total)) return total;
  throw new TransferProblem(
    `the server has ${total ?? 'fewer'} bytes, fewer than the ${part.length} that have come`,
    { startOver: true },
  );
}

const kindOf = (response: HttpResponse): string => {
  const kind = response.header('content-type')?.split(';')[0];
  return kind === undefined || kind === 'application/octet-stream' ? '' : `; it says it is ${kind}`;
};

/** Statuses that may be another one after a while. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What a status means that gives no file. @returns Always an error: whether to try again is in its class. */
export function refusal(response: HttpResponse, url: string, hint: string): Error {
  const { status } = response;
  // Hugging Face says in this header what is wrong.
  const said = (response.header('x-error-message') ?? '').replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200);
  const found = `HTTP status ${status}${said === '' ? '' : `: ${said}`}`;
  if (PASSING.has(status)) {
    return new TransferProblem(found, { retryAfterMs: parseRetryAfter(response.header('retry-after')) });
  }
  const codes: Readonly<Record<number, string>> = {
    401: 'DOWNLOAD_REFUSED',
    403: 'DOWNLOAD_REFUSED',
    404: 'DOWNLOAD_NOT_FOUND',
    410: 'DOWNLOAD_NOT_FOUND',
  };
  return new UserError(codes[status] ?? 'DOWNLOAD_FAILED', {
    where: `downloading ${shownUrl(url)}`,
    expected: 'the file',
    found,
    hint,
  });
}

/** `12.3 MB of 934 MB`, or `12.3 MB`. */
export function progressText(done: number, total: number | null): string {
  return total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
}

/** Aborts a try in which nothing is heard for a time, be it while connecting, waiting or reading. */
class SilenceWatch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#timer = setTimeout(() => this.#controller.abort(), ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get fired(): boolean {
    return this.#controller.signal.aborted;
  }

  heard(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

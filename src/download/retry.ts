import { setTimeout as sleep } from 'node:timers/promises';
import type { UserError } from '../config/index.ts';
import { TransferProblem } from './transfer-problem.ts';

const LONGEST_DELAY_MS = 30_000;
/** A server that asks for a longer pause is not waited for. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/** How often and how patiently something is tried. */
export interface RetrySettings {
  /** Tries in a row that may fail. Default 6: with the default delays, half a minute of trying. */
  readonly tries?: number;
  /** Pause after the first failure; doubled after each further one, up to 30 s. Default 1000. */
  readonly retryDelayMs?: number;
}

/** A failed try that will be repeated. */
export interface RetryNotice {
  readonly reason: string;
  /** The try that failed, from 1. */
  readonly failed: number;
  readonly tries: number;
  readonly delayMs: number;
}

interface RetryOptions extends RetrySettings {
  readonly signal: AbortSignal;
  readonly onRetry: (notice: RetryNotice) => void;
  /** Asked after a failure: whether enough was gained since the last question to count failures anew. */
  readonly gained?: () => boolean;
  /** The error that ends it all. */
  readonly giveUp: (problem: TransferProblem, tries: number) => UserError;
}

/**
 * Repeats what fails with a `TransferProblem`; any other error passes through.
 *
 * @throws What `giveUp` makes; the reason of `signal`.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { tries = 6, retryDelayMs = 1000, signal } = options;
  for (let failed = 1; ; failed++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransferProblem)) throw error;
      if (options.gained?.() === true) failed = 1;
      const asked = error.retryAfterMs;
      if (failed >= tries || (asked !== null && asked > LONGEST_RETRY_AFTER_MS)) {
        throw options.giveUp(error, failed);
      }
      // Spread a little, so that many machines that lost one server do not all come back at once.
      const backoff =
        Math.min(LONGEST_DELAY_MS, retryDelayMs * 2 ** (failed - 1)) * (0.75 + Math.random() / 2);
      const delayMs = Math.round(asked ?? backoff);
      options.onRetry({ reason: error.message, failed, tries, delayMs });
      await pause(delayMs, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/**
 * The pause a `Retry-After` header asks for, in ms; null if there is none that can be read.
 *
 * @param header Seconds, or a date (RFC 9110, 10.2.3).
 */
export function parseRetryAfter(header: string | null, nowMs: number = Date.now()): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

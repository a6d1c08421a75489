import type { Redis, RedisOptions } from 'ioredis';
import { UserError } from '../config/index.ts';
import type { QueueAddress } from './address.ts';
import { loadQueueLibrary, type QueueLibrary } from './library.ts';

const CONNECT_WITHIN_MS = 10_000;
const MOST_RETRY_MS = 2_000;
/** Redis's words for a password that is wrong, or missing. */
const REFUSALS = /WRONGPASS|NOAUTH|NOPERM|invalid password|without any password/i;

/** A connection that comes back by itself when the queue was away. */
export interface QueueConnection {
  readonly redis: Redis;
  readonly bullmq: QueueLibrary['bullmq'];
  /** The address without what is secret. */
  readonly shown: string;
  /** Rejects with QUEUE_LOST once the queue has been away for too long; never resolves. */
  readonly gone: Promise<never>;
  /** Ends it; commands that wait for an answer are rejected. */
  close(): void;
}

/** How a connection behaves. */
export interface ConnectionOptions {
  /** How long a queue that was lost is waited for, ms. */
  readonly patienceMs: number;
  /** A remark for the person: that the queue is lost, or back. */
  readonly note: (message: string) => void;
}

function redisOptions(address: QueueAddress, mayRetry: () => boolean): RedisOptions {
  const { username, password } = address.credentials();
  return {
    host: address.host,
    port: address.port,
    db: address.database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(address.encrypted ? { tls: address.ca === null ? {} : { ca: address.ca } } : {}),
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    // Commands wait for the queue to come back; who has waited long enough is decided here, not by their number.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (mayRetry() ? Math.min(100 * 2 ** Math.min(times, 8), MOST_RETRY_MS) : null),
  };
}

function cannotConnect(shown: string, { message }: Error): UserError {
  if (REFUSALS.test(message)) {
    return new UserError('QUEUE_REFUSED', {
      where: `the queue at ${shown}`,
      expected: 'a name and password that it takes',
      found: message.split(/[:.]/)[0]!,
      hint: 'COOP_BENCH_QUEUE=redis://:PASSWORD@HOST:PORT; what is special in a password as %XX',
    });
  }
  const tls = /certificate|SSL|TLS|EPROTO/i.test(message);
  return new UserError('QUEUE_UNREACHABLE', {
    where: `the queue at ${shown}`,
    expected: 'a Redis or Valkey that answers',
    found: message,
    hint: tls
      ? '--queue-ca FILE with the certificate of who signed for it; redis:// if it has no TLS'
      : 'check host and port, and that it runs: redis-cli ping',
  });
}

/**
 * Connects to a queue.
 * @throws {UserError} QUEUE_UNREACHABLE, QUEUE_REFUSED (password), QUEUE_NOT_INSTALLED
 */
export async function connectQueue(
  address: QueueAddress,
  { patienceMs, note }: ConnectionOptions,
): Promise<QueueConnection> {
  const { bullmq, Redis: Client } = await loadQueueLibrary();
  const { shown } = address;
  let state: 'new' | 'open' | 'closed' = 'new';
  let lastError = new Error('it does not answer');
  const redis = new Client(redisOptions(address, () => state === 'open'));
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    // The client says only that it closed; the cause came before.
    const cause = REFUSALS.test((error as Error).message) ? (error as Error) : lastError;
    throw cannotConnect(shown, cause);
  }
  state = 'open';
  let away: { readonly sinceMs: number; readonly timer: NodeJS.Timeout } | null = null;
  let giveUp: (error: UserError) => void = () => {};
  const gone = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  // Whoever waits for it gets it; nobody may be waiting.
  gone.catch(() => {});
  redis.on('close', () => {
    if (state !== 'open' || away !== null) return;
    note(`lost the queue at ${shown}; trying again for ${Math.round(patienceMs / 1000)} s`);
    const timer = setTimeout(() => giveUp(lost(shown, patienceMs, lastError)), patienceMs);
    away = { sinceMs: performance.now(), timer };
  });
  redis.on('ready', () => {
    if (away === null) return;
    clearTimeout(away.timer);
    note(`the queue is back after ${Math.ceil((performance.now() - away.sinceMs) / 1000)} s`);
    away = null;
  });
  const close = (): void => {
    state = 'closed';
    if (away !== null) clearTimeout(away.timer);
    redis.disconnect();
  };
  return { redis, bullmq, shown, gone, close };
}

function lost(shown: string, patienceMs: number, { message }: Error): UserError {
  return new UserError('QUEUE_LOST', {
    where: `the queue at ${shown}`,
    expected: `it back within ${Math.round(patienceMs / 1000)} s`,
    found: message,
    hint: 'start it again and then this command, which goes on from here; --queue-wait SECONDS waits longer',
  });
}

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '../config/index.ts';
import { connectQueue, QueueAddress, type QueueConnection, withoutSecrets } from '../queue/index.ts';
import { wholeNumber } from './command-options.ts';

/** What the options about a queue say. */
export interface QueueFlags {
  /** True: it stands in the environment. */
  readonly queue?: string | true;
  readonly queueCa?: string;
  readonly queueWait?: number;
}

const VARIABLE = 'COOP_BENCH_QUEUE';
const WAIT_S = 600;

/** Adds `--queue`, `--queue-ca` and `--queue-wait`. */
export function addQueueOptions(command: Command, text: string): Command {
  return command
    .option('--queue [url]', `${text}: redis://… or, with TLS, rediss://…; without one: ${VARIABLE}`)
    .option(
      '--queue-ca <file>',
      'certificates (PEM) of who signed for the queue, where the system does not know them',
    )
    .option(
      '--queue-wait <seconds>',
      `how long a queue that was lost is waited for (default: ${WAIT_S})`,
      wholeNumber('queue-wait', 1),
    );
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError('BAD_OPTION', {
      where: `--queue-ca ${path}`,
      expected: 'a file of certificates (PEM)',
      found: (error as Error).message,
      cause: error,
    });
  }
}

/**
 * The queue's address. What is secret in it is taken out of the environment, which child processes inherit, and out of
 * the command line that other users of the machine see.
 */
function addressFrom({ queue, queueCa }: QueueFlags): QueueAddress {
  const fromEnvironment = process.env[VARIABLE];
  delete process.env[VARIABLE];
  const text = typeof queue === 'string' ? queue : fromEnvironment;
  if (text === undefined || text === '') {
    throw new UserError('BAD_QUEUE', {
      where: '--queue',
      expected: `an address, redis://HOST:PORT, behind it or in the variable ${VARIABLE}`,
      found: 'neither',
    });
  }
  const open = process.argv.join(' ');
  const hidden = withoutSecrets(open);
  if (hidden !== open) process.title = hidden;
  return new QueueAddress(text, queueCa === undefined ? null : readCertificates(queueCa));
}

/**
 * Connects to the queue that was named.
 * @throws {UserError} BAD_QUEUE, BAD_OPTION, and those of `connectQueue`.
 */
export function openQueue(flags: QueueFlags, note: (message: string) => void): Promise<QueueConnection> {
  return connectQueue(addressFrom(flags), { patienceMs: (flags.queueWait ?? WAIT_S) * 1000, note });
}

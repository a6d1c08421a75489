import { UserError } from '../config/index.ts';

/** What speaks to Redis. Not everyone has it: it is loaded when a queue is named. */
export interface QueueLibrary {
  readonly bullmq: typeof import('bullmq');
  readonly Redis: typeof import('ioredis').Redis;
}

/** @throws {UserError} QUEUE_NOT_INSTALLED */
export async function loadQueueLibrary(): Promise<QueueLibrary> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UserError('QUEUE_NOT_INSTALLED', {
      where: '--queue',
      expected: 'the packages bullmq and ioredis, which an install without optional packages leaves out',
      found: (error as Error).message.split('\n')[0]!,
      hint: 'npm ci --include=optional',
      cause: error,
    });
  }
}

export { QueueAddress, withoutSecrets } from './address.ts';
export { connectQueue, type QueueConnection } from './connection.ts';
export type { RunHere } from './local-tasks.ts';
export { programDiffers, type QueuedRun, queuedRun } from './needs.ts';
export { type Inspection, serveQueue } from './serving.ts';
export { queuePool } from './submission.ts';

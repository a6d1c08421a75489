// Entry of a pool thread. JavaScript, because a thread starts without a loader for TypeScript: tsx given to the
// process by --import translates only require() in its threads, so each thread registers it for import() itself.
import { register } from 'tsx/esm/api';

register();

/**
 * @param {import('./pool-messages.ts').ThreadCall} call
 * @returns {Promise<import('./pool-messages.ts').ThreadReply>}
 */
export default async function runTask(call) {
  const { runInThread } = await import('./pool-thread.ts');
  return runInThread(call);
}

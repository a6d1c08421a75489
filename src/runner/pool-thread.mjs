// Entry of a pool thread. JavaScript, because a thread starts without a loader for TypeScript: tsx given to the
// process by --import translates only require() in its threads, so each thread registers it for import() itself.
import { register } from 'tsx/esm/api';

register();

// Loaded once: to import what is loaded already still asks the loader's own thread, milliseconds on busy cores.
/** @type {Promise<typeof import('./pool-thread.ts')> | undefined} */
let loading;

/**
 * @param {import('./pool-messages.ts').ThreadCall} call
 * @returns {Promise<import('./pool-messages.ts').ThreadReply>}
 */
export default async function runTask(call) {
  loading ??= import('./pool-thread.ts');
  const { runInThread } = await loading;
  return runInThread(call);
}

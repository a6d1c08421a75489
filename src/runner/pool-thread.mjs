// Entry of a pool thread. JavaScript, because a thread starts without a loader for TypeScript. It gets the one for
// require(): that one works in the thread itself, where on Node 20 the one for import() asks a thread of its own for
// each of some 300 modules and takes twice the time.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/cjs/api';

register();
const require = createRequire(import.meta.url);

/** @param {string} url A file URL. */
const load = (url) => require(fileURLToPath(url));

/**
 * @param {import('./pool-messages.ts').ThreadCall} call
 * @returns {Promise<import('./pool-messages.ts').ThreadReply>}
 */
export default function runTask(call) {
  const { runInThread } = require('./pool-thread.ts');
  return runInThread(call, load);
}

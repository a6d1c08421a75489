// Entry of a thread that prepares pictures. JavaScript, because a thread starts without a loader for TypeScript. It
// gets the one for require(), which works in the thread itself: see src/runner/pool-thread.mjs.
import { createRequire } from 'node:module';
import { register } from 'tsx/cjs/api';

register();
const require = createRequire(import.meta.url);
const { answerRequest } = require('./picture-thread.ts');
export default answerRequest;

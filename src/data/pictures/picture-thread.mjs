// Entry of a thread that prepares pictures. JavaScript, because a thread starts without a loader for TypeScript.
import { register } from 'tsx/esm/api';

register();
const { answerRequest } = await import('./picture-thread.ts');
export default answerRequest;

// Entry of a thread that prepares pictures. JavaScript, because a thread starts without a loader for TypeScript.
import { register } from 'tsx/esm/api';

register();

/**
 * @param {import('./prepare-picture.ts').PictureOrder} order
 * @returns {Promise<import('./prepare-picture.ts').PictureReply>}
 */
export default async function run(order) {
  const { preparePicture } = await import('./prepare-picture.ts');
  return preparePicture(order);
}

export { type Box, cropImage, flipHorizontal } from './crop.ts';
export type { Dataset, Datum, PictureRef, RgbImage } from './dataset.ts';
export { decodePicture } from './decode-picture.ts';
export { drawIcon, type IconSet, iconSource, loadIconSet } from './draw-icon.ts';
export { drawFewShot, type FewShotDraw, MAX_VALIDATION_SHOTS } from './few-shot.ts';
export { loadPicture, pictureKey } from './picture.ts';
export { PythonRandom } from './python-random.ts';
export { type RandomStream, stream } from './random-stream.ts';
export { resizeBicubic } from './resize.ts';
export {
  CLIP_MEAN,
  CLIP_STD,
  normalizeInto,
  testTransform,
  trainCrop,
  trainCropBox,
} from './transforms.ts';

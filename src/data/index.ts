export { type Box, cropImage, flipHorizontal } from './crop.ts';
export type { Dataset, Datum, PictureRef, RgbImage } from './dataset.ts';
export { decodePicture } from './decode-picture.ts';
export { drawIcon, type IconSet, loadIconSet } from './draw-icon.ts';
export { drawFewShot, type FewShotDraw } from './few-shot.ts';
export { loadPicture, pictureKey } from './picture.ts';
export { type RandomStream, stream } from './random-stream.ts';
export { resizeBicubic } from './resize.ts';
export { normalizeInto, testTransform, trainCrop, trainCropBox } from './transforms.ts';

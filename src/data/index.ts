export {
  checkPictures,
  type DuplicatePair,
  type PictureCheck,
  type PictureProblem,
} from './check/check-pictures.ts';
export {
  type Dataset,
  type Datum,
  type FilePicture,
  type PictureRef,
  type Protocol,
  type PublishedDraw,
  picturePath,
  type RgbImage,
  type Split,
} from './dataset.ts';
export { drawFewShot, type FewShotDraw } from './draw/few-shot.ts';
export { openPublishedDraws } from './draw/open-published-draws.ts';
export { listClassFolders } from './folders/list-class-folders.ts';
export { pictureList } from './folders/picture-list.ts';
export { byCodePoint, isPictureName } from './folders/picture-names.ts';
export { readNumberRow } from './mat/read-number-row.ts';
export { readStructRows } from './mat/read-struct-rows.ts';
export { readTextCells } from './mat/read-text-cells.ts';
export { type OwnDataset, readOwnDataset } from './own/read-own-dataset.ts';
export { type Box, cropImage, flipHorizontal } from './pictures/crop.ts';
export { decodePicture } from './pictures/decode-picture.ts';
export { drawIcon, type IconSet, loadIconSet } from './pictures/draw-icon.ts';
export { inOrder } from './pictures/in-order.ts';
export { loadSharp } from './pictures/load-sharp.ts';
export { loadPicture, pictureKey } from './pictures/picture.ts';
export { openPreparer, type PicturePreparer } from './pictures/picture-preparer.ts';
export { type PictureRequest, type PictureView, viewPicture } from './pictures/picture-view.ts';
export { KEPT_PICTURE_BYTES } from './pictures/recent-pictures.ts';
export { resizeBicubic } from './pictures/resize.ts';
export {
  normalizationTable,
  normalizeInto,
  testTransform,
  trainCrop,
  trainCropBox,
} from './pictures/transforms.ts';
export { type RandomStream, stream } from './random/random-stream.ts';
export { checkTrainable, someOf } from './splits/check-split.ts';
export { splitClassFolders } from './splits/class-folders.ts';
export { type LabelledName, labelledList, splitLists, splitOf } from './splits/labelled-lists.ts';
export { formatSplitFile, readSplitFile } from './splits/split-file.ts';
export { splitByFractions } from './splits/split-rules.ts';
export { type ClassHalf, halfOf } from './splits/subsample.ts';
export { damagedAnnotation, damagedLine, readAnnotation, readList } from './splits/text-list.ts';
export { readWordNetClasses } from './splits/word-net-classes.ts';

export type { Digest } from './digest.ts';
export { type DownloadEvent, type DownloadRequest, downloadFile } from './download-file.ts';
export { HttpClient } from './http-client.ts';
export type { HuggingFaceAccess } from './hugging-face-api.ts';
export {
  downloadHuggingFace,
  findHuggingFace,
  type HuggingFaceManifest,
} from './hugging-face-model.ts';
export { type HuggingFaceName, isHuggingFaceName, parseHuggingFaceName } from './hugging-face-name.ts';

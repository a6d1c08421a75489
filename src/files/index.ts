export { makeFolder, removeAbandonedFiles, syncFolder, writeFileAtomic } from './atomic-file.ts';
export { explainDiskError, systemErrorCode } from './disk-error.ts';
export { type HashAlgorithm, hashFile } from './file-hash.ts';

export { makeFolder, removeAbandonedFiles, syncFolder, writeFileAtomic } from './atomic-file.ts';
export { explainDiskError, systemErrorCode } from './disk-error.ts';
export { makeExclusively, removeStale } from './exclusive-file.ts';
export { type HashAlgorithm, hashFile } from './file-hash.ts';

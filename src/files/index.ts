export { makeFolder, removeAbandonedFiles, writeFileAtomic, writeFileAtomicAsync } from './atomic-file.ts';
export { formatBytes } from './byte-text.ts';
export { explainDiskError, systemErrorCode } from './disk-error.ts';
export { makeExclusively, removeStale } from './exclusive-file.ts';
export { type HashAlgorithm, hashFile } from './file-hash.ts';
export { syncFolder } from './folder-sync.ts';

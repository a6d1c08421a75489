export { makeFolder, removeAbandonedFiles, syncFolder, writeFileAtomic } from './atomic-file.ts';
export { explainDiskError, systemErrorCode } from './disk-error.ts';

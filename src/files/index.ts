export { makeFolder, removeAbandonedFiles, writeFileAtomic } from './atomic-file.ts';
export { explainDiskError, systemErrorCode } from './disk-error.ts';

import { resolve } from 'node:path';
import { openSafetensors } from './safetensors.ts';
import type { TensorFile } from './tensor-file.ts';

/** A safetensors file as a `TensorFile`. @throws {UserError} FILE_UNREADABLE, SAFETENSORS_DAMAGED */
export function openSafetensorsFile(path: string): TensorFile {
  const file = openSafetensors(path);
  return {
    path,
    format: 'safetensors',
    entries: file.header.entries,
    metadata: file.header.metadata,
    files: [resolve(path)],
    read: (name) => file.read(name),
    close: () => file.close(),
  };
}

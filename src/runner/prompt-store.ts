import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explainDiskError, makeFolder, removeAbandonedFiles } from '../files/index.ts';
import { methodOf } from '../methods/index.ts';
import type { OkRecord } from './record-store.ts';

/** Where a run keeps the prompts it learns; absolute, since workers may run elsewhere. */
export const promptFolder = (outDir: string): string => join(resolve(outDir), 'prompts');

/** The file of a cell's prompt. */
export const promptPath = (folder: string, key: string): string => join(folder, `${key}.safetensors`);

/** Whether a run has left prompts. */
export const hasPrompts = (outDir: string): boolean => {
  const folder = promptFolder(outDir);
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.safetensors'));
};

/**
 * Makes the folder of prompts and removes what killed runs left half-written.
 * @throws {UserError} FOLDER_NOT_WRITABLE or DISK_FULL.
 */
export function preparePrompts(outDir: string): void {
  const folder = promptFolder(outDir);
  makeFolder(folder);
  try {
    removeAbandonedFiles(folder);
  } catch (error) {
    throw explainDiskError('cleaning the folder of prompts', folder, error);
  }
}

/**
 * Keys of finished cells that learned a prompt which is not there: runs of earlier versions kept none. Their
 * records stay valid.
 */
export function cellsWithoutPrompt(outDir: string, records: readonly OkRecord[]): string[] {
  const folder = promptFolder(outDir);
  return records
    .filter(({ cell, key }) => methodOf(cell.method).learnsPrompt && !existsSync(promptPath(folder, key)))
    .map(({ key }) => key);
}

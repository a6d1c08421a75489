import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../config/index.ts';
import { formatBytes, systemErrorCode } from '../files/index.ts';
import { promptFolder } from './prompt-store.ts';
import type { TaskError } from './task.ts';
import type { PlannedTask } from './tasks.ts';

/** What a record or a prompt takes where there is none yet to look at. */
const USUAL_FILE_BYTES = 16_384;
/** Tables, plots and page. */
const REPORT_BYTES = 4 << 20;
/** Files are measured as the disk counts them. */
const BLOCK_BYTES = 4096;
/** More files than this are not looked at for their mean. */
const SAMPLE = 50;

/** Errors of a task that every other task would meet too. */
const DISK_ERRORS: ReadonlySet<string> = new Set(['DISK_FULL', 'FOLDER_NOT_WRITABLE']);

/** Whether a failure is the disk's, and none of the cell's. */
export const isDiskError = ({ code }: Pick<TaskError, 'code'>): boolean => DISK_ERRORS.has(code);

/** Mean size of a folder's files, in whole blocks. */
function meanFileBytes(folder: string): number {
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    const sizes = names.slice(0, SAMPLE).flatMap((name) => {
      const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size;
      return size === undefined ? [] : [Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES];
    });
    if (sizes.length > 0) return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
  return USUAL_FILE_BYTES;
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** What the open tasks of a run will still write, at most: features that are cached by now are counted too. */
export interface DiskNeed {
  readonly cells: number;
  readonly outBytes: number;
  readonly cacheBytes: number;
}

/** Reckons what tasks will write. @param cells Cells that are left. */
export function diskNeed(outDir: string, tasks: readonly PlannedTask[], cells: number): DiskNeed {
  const perCell = meanFileBytes(join(outDir, 'records')) + meanFileBytes(promptFolder(outDir));
  let cacheBytes = 0;
  for (const { payload } of tasks) {
    if (payload.kind !== 'features') continue;
    const pictures = payload.groups.reduce((sum, { indices }) => sum + indices.length, 0);
    cacheBytes += pictures * (payload.place.model.embedDim * Float32Array.BYTES_PER_ELEMENT + 16);
  }
  return { cells, outBytes: Math.ceil(cells * perCell + REPORT_BYTES), cacheBytes };
}

/** The error a run ends with when its disk refuses: what refused, and how much room the rest takes. */
export function diskError(
  { code, message }: Pick<TaskError, 'code' | 'message'>,
  { cells, outBytes, cacheBytes }: DiskNeed,
  folders: { readonly outDir: string; readonly cacheDir: string },
): UserError {
  if (code !== 'DISK_FULL') return new UserError(code, { where: message });
  const room = (folder: string): string => {
    const free = freeBytes(folder);
    return free === null ? folder : `${folder} (${formatBytes(free)} free)`;
  };
  const features =
    cacheBytes === 0 ? '' : `, and up to ${formatBytes(cacheBytes)} in ${room(folders.cacheDir)}`;
  const what = cells === 0 ? 'the report' : `${cells} cells and the report`;
  return new UserError(code, {
    where: `${message}\n  needs:    about ${formatBytes(outBytes)} for ${what} in ${room(folders.outDir)}${features}`,
  });
}

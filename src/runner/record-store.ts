import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CellRecord, canonicalJson, cellKey, recordSchema } from '../config/index.ts';
import {
  explainDiskError,
  makeFolder,
  removeAbandonedFiles,
  systemErrorCode,
  writeFileAtomicAsync,
} from '../files/index.ts';

/** What stands at a record's place: a whole record, nothing, or something that is no record of this key. */
export type RecordRead =
  | { readonly state: 'complete'; readonly record: CellRecord }
  | { readonly state: 'absent' }
  | DamagedRecord;

export interface DamagedRecord {
  readonly state: 'damaged';
  readonly key: string;
  readonly path: string;
  /** What is wrong with the file, for a person. */
  readonly reason: string;
}

export type OkRecord = Extract<CellRecord, { status: 'ok' }>;
export type FailedRecord = Extract<CellRecord, { status: 'failed' }>;

/** The records of a plan, sorted by what a run has to do: all keys but those in `ok` are to be computed. */
export interface RecordSurvey {
  readonly ok: readonly OkRecord[];
  readonly failed: readonly FailedRecord[];
  readonly missing: readonly string[];
  readonly damaged: readonly DamagedRecord[];
}

/**
 * The records of one output folder: one JSON file a cell, `<out>/records/<key>.json`.
 *
 * A record is written once and whole. A damaged one is never deleted or repaired here: it counts as absent, is
 * reported by `survey`, and is replaced when its cell has been computed again.
 */
export class RecordStore {
  /** The folder of the record files. */
  readonly folder: string;

  /** @param outDir The run's output folder. Nothing is made or read yet. */
  constructor(outDir: string) {
    this.folder = join(outDir, 'records');
  }

  /**
   * Makes the folder and removes temporary files of runs that were killed. Call before `write`.
   *
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  prepare(): void {
    makeFolder(this.folder);
    try {
      removeAbandonedFiles(this.folder);
    } catch (error) {
      throw explainDiskError('cleaning the folder of records', this.folder, error);
    }
  }

  /** Where the record of a cell stands. */
  pathOf(key: string): string {
    return join(this.folder, `${key}.json`);
  }

  /**
   * Reads one record and checks it: JSON, every field a report needs, and the key, which must be the hash of the
   * cell inside.
   *
   * @throws {UserError} `FOLDER_NOT_WRITABLE`: the folder may not be read.
   */
  read(key: string): RecordRead {
    const path = this.pathOf(key);
    let text: string;
    try {
      // Most that are asked for are not there: an error thrown for each costs more than the look.
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return { state: 'absent' };
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return { state: 'absent' };
      if (systemErrorCode(error) === 'EISDIR') {
        return { state: 'damaged', key, path, reason: 'a folder stands in its place' };
      }
      throw explainDiskError('reading a record', path, error);
    }
    const checked = parseRecord(key, text);
    if (typeof checked === 'string') return { state: 'damaged', key, path, reason: checked };
    return { state: 'complete', record: checked };
  }

  /**
   * Reads the records of a plan.
   *
   * @param keys In the plan's order, which the lists of the answer keep.
   */
  survey(keys: readonly string[]): RecordSurvey {
    const ok: OkRecord[] = [];
    const failed: FailedRecord[] = [];
    const missing: string[] = [];
    const damaged: DamagedRecord[] = [];
    for (const key of keys) {
      const read = this.read(key);
      if (read.state === 'absent') missing.push(key);
      else if (read.state === 'damaged') damaged.push(read);
      else if (read.record.status === 'ok') ok.push(read.record);
      else failed.push(read.record);
    }
    return { ok, failed, missing, damaged };
  }

  /**
   * Writes a record, replacing what stood in its place. Several may be on their way at once.
   *
   * @returns When it is on the disk, whole.
   * @throws {TypeError} The record holds a number that is not finite, or no data; says where.
   * @throws {Error} The record's key is not that of its cell, or a field is missing: our own bug.
   * @throws {UserError} `DISK_FULL` or `FOLDER_NOT_WRITABLE`; nothing half-written is left.
   */
  async write(record: CellRecord): Promise<void> {
    // Through canonical JSON: keys in one order, and a NaN is refused here instead of read back as null.
    const json: unknown = JSON.parse(canonicalJson(record));
    const checked = checkRecord(record.key, json);
    if (typeof checked === 'string')
      throw new Error(`internal: record ${record.key} is incomplete: ${checked}`);
    await writeFileAtomicAsync(this.pathOf(record.key), `${JSON.stringify(json, null, 1)}\n`);
  }
}

/** The record in a file's text, or what is wrong with it. */
function parseRecord(key: string, text: string): CellRecord | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return text.trim() === '' ? 'the file is empty' : `not JSON, or cut off: ${String(error)}`;
  }
  return checkRecord(key, json);
}

function checkRecord(key: string, json: unknown): CellRecord | string {
  const parsed = recordSchema.safeParse(json);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const record = parsed.data;
  if (record.key !== key) return `it is the record of ${record.key}`;
  const expected = cellKey(record.cell);
  return expected === key ? record : `its cell has the key ${expected}`;
}

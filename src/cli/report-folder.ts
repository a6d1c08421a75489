import { existsSync, readdirSync, statSync } from 'node:fs';
import { type CellRecord, UserError } from '../config/index.ts';
import { RecordStore, withReportLock } from '../runner/index.ts';
import { remark } from './command-options.ts';
import { planOfRecords } from './plan-of-records.ts';
import type { RenderReport } from './report-watch.ts';

/**
 * All records that stand in a run's folder; damaged ones are remarked and left out.
 *
 * @throws {UserError} NO_RECORDS.
 */
export function recordsIn(folder: string): readonly CellRecord[] {
  const store = new RecordStore(folder);
  const there = existsSync(store.folder) && statSync(store.folder).isDirectory();
  const names = there ? readdirSync(store.folder).filter((name) => name.endsWith('.json')) : [];
  const keys = names.map((name) => name.slice(0, -'.json'.length)).sort();
  const { ok, failed, damaged } = store.survey(keys);
  for (const { path, reason } of damaged) remark(`a record is damaged and left out: ${path}: ${reason}`);
  if (ok.length + failed.length === 0) {
    throw new UserError('NO_RECORDS', {
      where: folder,
      expected: `the folder of a run, with records in ${store.folder}`,
      found: damaged.length > 0 ? `${damaged.length} damaged ones` : 'none',
      hint: 'name the folder that bench was given with --out, e.g. reports/fewshot',
    });
  }
  return [...ok, ...failed];
}

/** Two commands never write one report at a time. */
export const remarkWait = (): void => remark('another command writes the report; waiting for it');

/** The report of all records in a folder, whatever run made them. */
export function folderReport(folder: string, command: string): RenderReport {
  return async (reloadSeconds) => {
    const records = recordsIn(folder);
    const { writeReport } = await import('../report/index.ts');
    const plan = await planOfRecords(folder, records, command);
    const reloading = { ...plan, ...(reloadSeconds === null ? {} : { reloadSeconds }) };
    await withReportLock(folder, { onWait: remarkWait }, () => writeReport(folder, reloading, records));
    const failed = records.filter(({ status }) => status === 'failed').length;
    return { cells: records.length, ok: records.length - failed, failed, missing: 0 };
  };
}

import { resolve } from 'node:path';
import { UserError } from '../config/index.ts';
import { planOfRecords } from './plan-of-records.ts';
import { recordsIn } from './report-folder.ts';

/**
 * Writes two runs side by side.
 *
 * @returns How many pairs of methods and shot counts they have in common.
 * @throws {UserError} SAME_FOLDER, NO_RECORDS, SEVERAL_CONFIGURATIONS, FOLDER_NOT_WRITABLE, DISK_FULL.
 */
export async function reportTwoRuns(
  folders: readonly [string, string],
  out: string,
  command: string,
): Promise<number> {
  const twin = [folders[1], out].find((folder) => resolve(folder) === resolve(folders[0]));
  if (twin !== undefined || resolve(out) === resolve(folders[1])) {
    throw new UserError('SAME_FOLDER', {
      where: `report ${folders.join(' ')} --out ${out}`,
      expected: 'two runs and a third folder for the comparison',
      found: 'one folder twice',
      hint: '--out reports/comparison',
    });
  }
  const { writeTwoRuns } = await import('../report/index.ts');
  const [a, b] = await Promise.all(
    folders.map(async (name) => {
      const records = recordsIn(name);
      return { name, records, plan: await planOfRecords(name, records, command) };
    }),
  );
  const { pairs } = await writeTwoRuns(out, [a!, b!], command);
  return pairs;
}

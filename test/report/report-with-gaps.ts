import type { CellRecord } from '../../src/config/index.ts';
import { fakePlan, fakeRecords } from './fake-records.ts';

/** Three sets, three shot counts, three seeds, with pictures. */
export const plan = fakePlan({
  datasets: [
    { key: 'icons_places', title: 'Places' },
    { key: 'icons_nature', title: 'Nature' },
    { key: 'icons_people', title: 'People' },
  ],
  shots: [1, 4, 16],
  pictures: true,
});
/** One cell failed, one is missing. */
export const records = fakeRecords(plan).flatMap((record): CellRecord[] => {
  const { dataset, shots, seed } = record.cell;
  if (dataset.key !== 'icons_people' || shots !== 4) return [record];
  if (seed === 3) return [];
  return [
    seed === 2 ? { ...record, status: 'failed', error: { code: 'BROKEN', message: 'a disk' } } : record,
  ];
});

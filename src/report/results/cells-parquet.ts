import type { CellRow } from '../rows.ts';
import { CELL_COLUMNS } from '../rows.ts';

/** Columns of numbers; those of counts are whole. */
const NUMBERS: Readonly<Partial<Record<keyof CellRow, 'INT32' | 'DOUBLE'>>> = {
  shots: 'INT32',
  seed: 'INT32',
  accuracy: 'DOUBLE',
  macro_accuracy: 'DOUBLE',
  correct: 'INT32',
  count: 'INT32',
  train_pictures: 'INT32',
  validation_pictures: 'INT32',
  classes: 'INT32',
};

/** The rows of `cells.csv` as a Parquet file of the same columns, with their types. */
export async function cellsParquet(rows: readonly CellRow[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const columnData = CELL_COLUMNS.map((name) => {
    const type = NUMBERS[name] ?? ('STRING' as const);
    return { name, type, nullable: true, data: rows.map((row) => row[name]) };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

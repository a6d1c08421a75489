import { makeGraph, type Node } from '../ir/index.ts';
import type { Engine, Feeds } from '../runtime/index.ts';

/**
 * Rows `start` to `start + rows` of data [n, width]; zeros behind the last one.
 * @returns A view where all rows are there, else a padded copy.
 */
export function takeRows<Data extends Float32Array | Int32Array>(
  data: Data,
  width: number,
  start: number,
  rows: number,
): Data {
  const part = data.subarray(start * width, (start + rows) * width) as Data;
  if (part.length === rows * width) return part;
  const padded = (
    part instanceof Int32Array ? new Int32Array(rows * width) : new Float32Array(rows * width)
  ) as Data;
  padded.set(part);
  return padded;
}

/**
 * Runs a graph whose row count is fixed over any number of rows, a batch at a time.
 *
 * @param request.count n; 0 runs nothing.
 * @param request.build The graph's value [rows, width] for a batch of `rows`.
 * @param request.feeds Inputs for the rows from `start` on; rows behind the last one may hold anything valid.
 * @returns [n, width]
 */
export async function runRows(
  engine: Engine,
  request: {
    readonly count: number;
    readonly batch: number;
    readonly width: number;
    readonly build: (rows: number) => Node;
    readonly feeds: (start: number, rows: number) => Feeds;
  },
): Promise<Float32Array> {
  const { count, width, build, feeds } = request;
  const out = new Float32Array(count * width);
  if (count === 0) return out;
  const rows = Math.min(count, request.batch);
  const executable = await engine.compile(makeGraph({ value: build(rows) }));
  try {
    for (let start = 0; start < count; start += rows) {
      const { value } = await executable.run(feeds(start, rows));
      out.set(value!.subarray(0, Math.min(rows, count - start) * width), start * width);
    }
  } finally {
    await executable.dispose();
  }
  return out;
}

import { type Checkpoint, encodeTokens, readTextWeights } from '../clip/index.ts';
import { UserError } from '../config/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine } from '../runtime/index.ts';
import { runRows, takeRows } from './run-rows.ts';
import type { InputTensor } from './tensor-files.ts';

/** Rows a run of the text tower takes at most. */
const BATCH = 32;

/**
 * Position of EOT in every row: that of the row's highest id, the first of equals, as CLIP finds it.
 *
 * @param tokens [N, L]
 * @param where Names file and tensor.
 * @throws {UserError} TOKENS_INVALID: an id outside the vocabulary, or a row without EOT.
 */
function eotPositions(tokens: InputTensor<Int32Array>, vocabSize: number, where: string): Int32Array {
  const [count, length] = tokens.shape as [number, number];
  const positions = new Int32Array(count);
  const refuse = (row: number, expected: string, found: string): never => {
    throw new UserError('TOKENS_INVALID', {
      where: `${where}, row ${row}`,
      expected,
      found,
      hint: `make rows with this vocabulary: coop-bench tokenize --vocab-size ${vocabSize}`,
    });
  };
  for (let row = 0; row < count; row++) {
    const ids = tokens.data.subarray(row * length, (row + 1) * length);
    const outside = ids.findIndex((id) => id < 0 || id >= vocabSize);
    if (outside >= 0) {
      refuse(row, `token ids from 0 to ${vocabSize - 1}`, `${ids[outside]} at position ${outside}`);
    }
    const eot = vocabSize - 1;
    const position = ids.indexOf(eot);
    if (position < 0) refuse(row, `an end-of-text token, ${eot}`, 'none');
    positions[row] = position;
  }
  return positions;
}

/**
 * Text features of token rows, by the plain tower over all L positions.
 * @param tokens [N, L], L the checkpoint's context length. @returns [N, E], not normalised.
 * @throws {UserError} TOKENS_INVALID, and whatever is wrong with the checkpoint.
 */
export async function encodeTokenRows(
  engine: Engine,
  { weights, architecture }: Checkpoint,
  tokens: InputTensor<Int32Array>,
  where: string,
): Promise<Float32Array> {
  const [count, length] = tokens.shape as [number, number];
  const positions = eotPositions(tokens, architecture.text.vocabSize, where);
  const text = readTextWeights(weights, architecture);
  return runRows(engine, {
    count,
    batch: BATCH,
    width: architecture.embedDim,
    build: (rows) =>
      encodeTokens(ir.input('tokens', [rows, length], 'int32'), ir.input('eot', [rows], 'int32'), text),
    feeds: (start, rows) => ({
      tokens: takeRows(tokens.data, length, start, rows),
      eot: takeRows(positions, 1, start, rows).map((position, row) => row * length + position),
    }),
  });
}

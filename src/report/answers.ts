/**
 * The label that every test picture was given; null for a wrong one of a record that does not tell.
 *
 * @param hits Bits of a record (see `Score.hits`). @param mistakes See `Score.mistakes`; null: not told.
 * @param labels True labels, in the order of the split.
 * @returns As many labels; null where the record's pictures are not these.
 */
export function answersOf(
  hits: string,
  mistakes: string | null,
  labels: readonly number[],
): readonly (number | null)[] | null {
  const bits = Buffer.from(hits, 'base64');
  const wrong = mistakes === null ? null : Buffer.from(mistakes, 'base64');
  if (bits.length !== Math.ceil(labels.length / 8)) return null;
  const isRight = labels.map((_, i) => ((bits[i >> 3]! >> (i & 7)) & 1) === 1);
  if (wrong !== null && wrong.length !== 2 * isRight.filter((right) => !right).length) return null;
  let next = 0;
  return labels.map((label, i) => {
    if (isRight[i]) return label;
    if (wrong === null) return null;
    const given = wrong.readUInt16LE(next);
    next += 2;
    return given;
  });
}

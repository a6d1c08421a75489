/**
 * Makes things ahead of the one that is asked for, and gives them in order. A caller that stops early waits until
 * nothing is being made any more.
 *
 * @param count n @param make makes thing i, 0 ≤ i < n.
 * @param ahead Things ready or under way at most beyond the one given; bounds the memory.
 * @throws What `make` throws, when its thing's turn has come.
 */
export async function* inOrder<T>(
  count: number,
  make: (i: number) => Promise<T>,
  ahead: number,
): AsyncGenerator<T> {
  const underWay: Promise<T>[] = [];
  let next = 0;
  try {
    for (let given = 0; given < count; given += 1) {
      for (; next < count && next <= given + ahead; next += 1) {
        const made = make(next);
        // A failure is met in its turn; until then nobody waits for it.
        made.catch(() => {});
        underWay.push(made);
      }
      const thing = await underWay[0]!;
      underWay.shift();
      yield thing;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

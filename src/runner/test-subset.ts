/**
 * The test items a limited run scores: `limit` of them, evenly spaced, since lists are sorted by class.
 * @param limit null: all.
 */
export function testSubset<T>(items: readonly T[], limit: number | null): readonly T[] {
  if (limit === null || limit >= items.length) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)] as T);
}

/**
 * Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment.
 *
 * Lengths m and n: O(m·n) time, three rows of memory.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, last[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2] + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

/** Case and the separators people confuse ("-", "_", "/", space) do not count as edits. */
function folded(name: string): string {
  return name.toLowerCase().replace(/[-_/\s]/g, '');
}

/**
 * The candidates a person most likely meant by `name`, nearest first; none when nothing is near.
 *
 * Near is: at most a third of the name's letters edited (two for short names), or one contains the other.
 *
 * @param name What was asked for.
 * @param candidates Valid names.
 * @param limit At most this many are returned.
 */
export function nearNames(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const asked = folded(name);
  const near: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    const known = folded(candidate);
    const edits = editDistance(asked, known);
    const contained = asked.length >= 3 && (known.includes(asked) || asked.includes(known));
    if (edits <= Math.max(2, Math.floor(asked.length / 3)) || (contained && known.length >= 3)) {
      near.push({ candidate, distance: edits });
    }
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return near.slice(0, limit).map(({ candidate }) => candidate);
}

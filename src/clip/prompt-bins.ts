import { constant, type Node } from '../ir/index.ts';

/**
 * Sequences of several lengths laid into b bins of R rows and c slots each, so that one product a bin stands for
 * attention within all of them: what rows of one sequence would see of another is masked out. Rows that no sequence
 * takes fill a bin up, and see themselves alone; a slot that no sequence takes has such a row to itself.
 */
export interface Bins {
  /** b */
  readonly count: number;
  /** R */
  readonly length: number;
  /** c */
  readonly slots: number;
  /** The sequence of every slot, bin by bin; −1 for a slot that is empty. */
  readonly sequences: readonly number[];
  /** Of every row, bin by bin: the slot it belongs to; −1 for a row that fills up. */
  readonly slotOfRow: readonly number[];
  /** Of every slot the row of its last token, counted over all bins; each row once. */
  readonly lastRows: readonly number[];
}

/** Sequences by bin: the longest first, each into the bin that holds the fewest rows and has a slot left. */
function deal(lengths: readonly number[], count: number, slots: number): number[][] {
  const bins = Array.from({ length: count }, () => ({ members: [] as number[], rows: 0 }));
  const longestFirst = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  for (const sequence of longestFirst) {
    const free = bins.filter(({ members }) => members.length < slots);
    const bin = free.reduce((least, other) => (other.rows < least.rows ? other : least));
    bin.members.push(sequence);
    bin.rows += lengths[sequence]!;
  }
  return bins.map(({ members }) => members.sort((a, b) => a - b));
}

function lay(lengths: readonly number[], slots: number): Bins {
  const dealt = deal(lengths, Math.ceil(lengths.length / slots), slots);
  const rowsOf = (members: readonly number[]) =>
    members.reduce((sum, sequence) => sum + lengths[sequence]!, slots - members.length);
  const length = Math.max(...dealt.map(rowsOf));
  const sequences: number[] = [];
  const slotOfRow: number[] = [];
  const lastRows: number[] = [];
  dealt.forEach((members, bin) => {
    for (const sequence of members) {
      slotOfRow.push(...new Array<number>(lengths[sequence]!).fill(sequences.length));
      lastRows.push(slotOfRow.length - 1);
      sequences.push(sequence);
    }
    for (let empty = members.length; empty < slots; empty++) {
      lastRows.push(slotOfRow.length);
      sequences.push(-1);
      slotOfRow.push(-1);
    }
    while (slotOfRow.length < (bin + 1) * length) slotOfRow.push(-1);
  });
  return { count: dealt.length, length, slots, sequences, slotOfRow, lastRows };
}

/**
 * Bins for sequences of `lengths` on a tower of width W, of the size for which rows, products within bins and slots
 * together cost least. Null where all have one length: they need none.
 */
export function binSequences(lengths: readonly number[], width: number): Bins | null {
  if (lengths.every((length) => length === lengths[0])) return null;
  // Of a row: the products with weights, 12·W², and attention within its bin, 4·R·W, in products too small to be
  // quick. Of a slot: the last layer's.
  const cost = ({ count, length, slots }: Bins) =>
    count * (length * (12 * width + 8 * length) + slots * 5 * width);
  return lengths
    .map((_, i) => lay(lengths, i + 1))
    .reduce((least, other) => (cost(other) < cost(least) ? other : least));
}

const [SEEN, HIDDEN] = [0, -1e9];

/** What rows of a bin see of each other, added to the scores: [b, R, R]. */
export function rowMask({ count, length, slotOfRow }: Bins): Node {
  const mask = new Float32Array(count * length * length).fill(HIDDEN);
  slotOfRow.forEach((slot, row) => {
    const start = row - (row % length);
    for (let other = start; other <= row; other++) {
      const sees = other === row || (slot >= 0 && slotOfRow[other] === slot);
      if (sees) mask[row * length + (other - start)] = SEEN;
    }
  });
  return constant(mask, [count, length, length], 'causal mask of bins');
}

/** What the last row of every slot sees of its bin: [b, c, R]. */
export function slotMask({ count, length, slots, slotOfRow, lastRows }: Bins): Node {
  const mask = new Float32Array(count * slots * length).fill(HIDDEN);
  lastRows.forEach((last, slot) => {
    const start = Math.floor(slot / slots) * length;
    for (let other = start; other < start + length; other++) {
      if (other === last || slotOfRow[other] === slot) mask[slot * length + (other - start)] = SEEN;
    }
  });
  return constant(mask, [count, slots, length], 'mask of the slots of bins');
}

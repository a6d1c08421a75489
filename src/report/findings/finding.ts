import type { Results } from './results.ts';

/** What records say of a claim. `undecided`: they are there, and do not decide it. */
export type Verdict = 'holds' | 'does not hold' | 'undecided';

/** What an interval is over: sets or targets (Student's t), or the pictures of one set (bootstrap). */
export type Unit = 'datasets' | 'targets' | 'pictures';

/** The answer to one test that a finding asks for. Differences are fractions, positive on the claimed side. */
export interface Evidence {
  /** Which of the finding's tests, e.g. "16 shots". */
  readonly question: string;
  readonly verdict: Verdict;
  readonly difference: number;
  /** Two-sided 95 %; null: too few to have one. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Sets, targets or pictures. */
  readonly n: number;
  readonly unit: Unit;
  /** What a reader should know besides, as plain text. */
  readonly remark?: string;
}

/** A conclusion of the paper as a claim that records can decide. */
export interface Finding {
  readonly key: string;
  readonly sentence: string;
  /** Where the paper says so. */
  readonly where: string;
  /** The records that it takes, for a reader whose report lacks them. */
  readonly needs: string;
  /**
   * Its tests; null for one whose records are not there. The claim holds if all that can be asked hold, and does not if
   * one does not.
   */
  readonly ask: (results: Results) => readonly (Evidence | null)[];
}

/** A finding with what the records of one backbone say. */
export interface Answer {
  readonly finding: Finding;
  /** null: the records to ask with are not there. */
  readonly verdict: Verdict | null;
  readonly evidence: readonly Evidence[];
}

/** The answers of one backbone, in the order of the list. */
export interface BackboneAnswers {
  readonly backbone: string;
  readonly answers: readonly Answer[];
}

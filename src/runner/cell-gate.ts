import { createHash } from 'node:crypto';
import { canonicalJson } from '../config/index.ts';
import type { CellsJob, FeaturesJob, Job } from './job.ts';
import type { FailedRecord, RecordStore } from './record-store.ts';
import type { CellClaims } from './sharing/cell-claims.ts';
import type { Admission, Task } from './task.ts';

type Elsewhere = 'no' | 'ok' | 'failed';

/**
 * Decides which tasks of a run may start, where other runs may work in the same output folder: no task starts for a
 * cell that has a record or that another run has claimed.
 */
export class CellGate {
  readonly #store: RecordStore;
  readonly #claims: CellClaims;
  /** Start of the attempt that had failed before this run, by key: a later one is another run's. */
  readonly #failedBefore: ReadonlyMap<string, string>;

  constructor(store: RecordStore, claims: CellClaims, failedBefore: readonly FailedRecord[]) {
    this.#store = store;
    this.#claims = claims;
    this.#failedBefore = new Map(failedBefore.map(({ key, run }) => [key, run.startedAt]));
  }

  /** Asked before a task starts; what it starts is claimed. */
  admit({ payload }: Task<Job>): Admission<Job> {
    if (payload.kind === 'cells') return this.#admitCells(payload);
    // Pictures that another run has encoded are found in the cache: it takes a moment.
    return this.#claims.take([featuresName(payload)]) ? { kind: 'start', payload } : { kind: 'later' };
  }

  /** Gives free what a task had claimed. Its records are on disk by now. */
  ended({ payload }: Task<Job>): void {
    this.#claims.release(payload.kind === 'cells' ? payload.wanted : [featuresName(payload)]);
  }

  #admitCells(job: CellsJob): Admission<Job> {
    const open = this.withoutRecord(job.wanted);
    if (open.length > 0 && !this.#claims.take(open)) return { kind: 'later' };
    // Another run may have finished one between the look and the claim.
    const left = this.withoutRecord(open);
    this.#claims.release(open.filter((key) => !left.includes(key)));
    if (left.length > 0) return { kind: 'start', payload: { ...job, wanted: left } };
    return { kind: 'done', failed: job.wanted.filter((key) => this.#elsewhere(key) === 'failed').length };
  }

  /** Those of the keys for which no run has written a record since this one began. */
  withoutRecord(keys: readonly string[]): string[] {
    return keys.filter((key) => this.#elsewhere(key) === 'no');
  }

  /** What another run has made of a cell. One that failed there since this run began is not tried again here. */
  #elsewhere(key: string): Elsewhere {
    const read = this.#store.read(key);
    if (read.state !== 'complete') return 'no';
    const { status, run } = read.record;
    if (status === 'ok') return 'ok';
    return run.startedAt === this.#failedBefore.get(key) ? 'no' : 'failed';
  }
}

/** A name for pictures to encode: the same in every run that would fill the same cache with them. */
function featuresName({ place, dataset, groups }: FeaturesJob): string {
  const { checkpointSha256, activation, cacheDir, runtime, data } = place;
  const what = canonicalJson({ checkpointSha256, activation, cacheDir, runtime, data, dataset, groups });
  return `features-${createHash('sha256').update(what).digest('hex').slice(0, 32)}`;
}

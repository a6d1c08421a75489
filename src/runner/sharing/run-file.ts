import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { explainDiskError, makeFolder, systemErrorCode } from '../../files/index.ts';
import { lifeOf, ownIdentity } from './process-identity.ts';

/** A run shows that it lives this often. */
const BEAT_MS = 2_000;

const count = z.int().min(0);

const runFileSchema = z.object({
  /** Start and process number: names the run's files. */
  run: z.string(),
  pid: z.int().min(1),
  host: z.string(),
  pidNamespace: z.string().nullable(),
  started: z.string().nullable(),
  since: z.string(),
  /** Counts up with each sign of life. */
  beat: count,
  updatedAt: z.string(),
  state: z.enum(['running', 'finished', 'interrupted', 'stopped']),
  /** The command line. */
  command: z.string(),
  workers: count,
  threads: count,
  /** Cells of its plan, and what it knows of them. */
  totalCells: count,
  doneCells: count,
  failedCells: count,
  /** Null: not known yet. */
  timeLeftMs: z.number().nullable(),
  cellsPerMinute: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  /** What its workers are at. */
  running: z.array(z.string()),
});

/** What a run says of itself, every two seconds, in `<out>/runs/<run>.json`. */
export type RunStatus = z.infer<typeof runFileSchema>;

/** The part that changes. */
export type RunNews = Pick<
  RunStatus,
  'doneCells' | 'failedCells' | 'timeLeftMs' | 'cellsPerMinute' | 'memoryBytes' | 'running'
>;

const runFolder = (outDir: string): string => join(outDir, 'runs');
const statusPath = (outDir: string, run: string): string => join(runFolder(outDir), `${run}.json`);
const planPath = (outDir: string, run: string): string => join(runFolder(outDir), `${run}.plan`);

/** A name no other run has. Starts with the time, so that names sort by age. */
export function newRunName(now: Date = new Date()): string {
  const time = now.toISOString().replaceAll(/[-:]/g, '').replace('.', '-');
  return `${time}-${process.pid}-${randomBytes(2).toString('hex')}`;
}

/** A running command's own file: it tells other runs that this one lives, and `coop-bench status` how far it is. */
export class RunFile {
  readonly #outDir: string;
  #status: RunStatus;
  readonly #news: () => RunNews;
  readonly #timer: NodeJS.Timeout;

  /**
   * Writes the file, and again every two seconds; removes those of runs that have ended.
   *
   * @param plan Keys of all cells of the plan. @param news Asked at each beat.
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`.
   */
  constructor(
    outDir: string,
    facts: Pick<RunStatus, 'run' | 'command' | 'workers' | 'threads'>,
    plan: readonly string[],
    news: () => RunNews,
  ) {
    this.#outDir = outDir;
    this.#news = news;
    const now = new Date().toISOString();
    const beginning = {
      beat: 0,
      since: now,
      updatedAt: now,
      state: 'running',
      totalCells: plan.length,
    } as const;
    this.#status = { ...facts, ...ownIdentity(), ...beginning, ...news() };
    makeFolder(runFolder(outDir));
    try {
      removeEnded(outDir);
      this.#write();
      writeFileSync(planPath(outDir, facts.run), plan.map((key) => `${key}\n`).join(''));
    } catch (error) {
      removeRun(outDir, facts.run);
      throw explainDiskError('starting a run', runFolder(outDir), error);
    }
    this.#timer = setInterval(() => this.#beat('running'), BEAT_MS);
    this.#timer.unref();
  }

  /** Says how the run ended. */
  end(state: Exclude<RunStatus['state'], 'running'>): void {
    clearInterval(this.#timer);
    this.#beat(state);
  }

  #beat(state: RunStatus['state']): void {
    const { beat } = this.#status;
    const updatedAt = new Date().toISOString();
    this.#status = { ...this.#status, ...this.#news(), state, beat: beat + 1, updatedAt };
    try {
      this.#write();
    } catch (error) {
      // A full disk is told of where a result cannot be written; a network file system may be away for a moment.
      if (systemErrorCode(error) === undefined) throw error;
    }
  }

  /** Not synced: after a power cut no run lives. */
  #write(): void {
    const path = statusPath(this.#outDir, this.#status.run);
    const temporary = `${path}.tmp`;
    try {
      writeFileSync(temporary, `${JSON.stringify(this.#status)}\n`);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }
}

/** What a run last said of itself; null: there is no such file, or it cannot be read. */
export function readRunStatus(outDir: string, run: string): RunStatus | null {
  try {
    return runFileSchema.parse(JSON.parse(readFileSync(statusPath(outDir, run), 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Runs that have a file in a folder, oldest first. */
export function readRuns(outDir: string): RunStatus[] {
  return runNames(outDir).flatMap((run) => readRunStatus(outDir, run) ?? []);
}

/** Keys of the cells of a run's plan. */
export function readRunPlan(outDir: string, run: string): string[] {
  try {
    return readFileSync(planPath(outDir, run), 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function runNames(outDir: string): string[] {
  try {
    const names = readdirSync(runFolder(outDir)).sort();
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Removes the files of runs that have surely ended. */
function removeEnded(outDir: string): void {
  for (const status of readRuns(outDir)) {
    if (status.state === 'running' && lifeOf(status) !== 'gone') continue;
    removeRun(outDir, status.run);
  }
}

function removeRun(outDir: string, run: string): void {
  for (const path of [statusPath(outDir, run), planPath(outDir, run)]) rmSync(path, { force: true });
}

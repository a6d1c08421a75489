import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, systemErrorCode } from '../files/index.ts';
import { formatDuration } from './progress-text.ts';
import type { PoolEvent } from './task.ts';

/** Name and password in an address. */
const CREDENTIALS = /(\w:\/\/)[^/\s@]*@/g;

/** Text without the names and passwords that addresses in it may carry. */
export const withoutSecrets = (text: string): string => text.replaceAll(CREDENTIALS, '$1…@');

/** What happens in a run, a line each with its time, in `<out>/logs/<run>.log`. */
export class RunLog {
  readonly path: string;
  readonly #labels: ReadonlyMap<string, string>;
  readonly #startedAt = new Map<string, number>();

  /**
   * @param labels Words for the tasks, by id.
   * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`: the folder cannot be made.
   */
  constructor(outDir: string, run: string, labels: ReadonlyMap<string, string>) {
    const folder = join(outDir, 'logs');
    makeFolder(folder);
    this.path = join(folder, `${run}.log`);
    this.#labels = labels;
  }

  /** Writes a line; further lines of the text are indented. */
  line(text: string): void {
    const lines = withoutSecrets(text).trimEnd().replaceAll('\n', '\n    ');
    try {
      appendFileSync(this.path, `${new Date().toISOString()} ${lines}\n`);
    } catch (error) {
      // A run does not end for its log: a full disk is told of where a result cannot be written.
      if (systemErrorCode(error) === undefined) throw error;
    }
  }

  /** Writes what is worth keeping of an event. */
  event(event: PoolEvent): void {
    switch (event.kind) {
      case 'start':
        this.#startedAt.set(event.taskId, event.heardMs ?? performance.now());
        this.line(`start ${this.#name(event.taskId)}`);
        return;
      case 'finish':
        this.#finish(event.outcome, event.heardMs);
        return;
      case 'restart':
        this.line(
          `the process that computes ended (${event.reason}) and is started again; run again: ${event.taskIds.map((id) => this.#name(id)).join('; ')}`,
        );
        return;
      case 'log':
        this.line(`said ${event.line}`);
        return;
      case 'progress':
      case 'memory':
      case 'workers':
        return;
      default:
        event satisfies never;
    }
  }

  #finish(outcome: Extract<PoolEvent, { kind: 'finish' }>['outcome'], now = performance.now()): void {
    const { taskId, status } = outcome;
    const startedAt = this.#startedAt.get(taskId);
    this.#startedAt.delete(taskId);
    const took = startedAt === undefined ? '' : `, ${formatDuration(now - startedAt)}`;
    switch (status) {
      case 'ok':
        this.line(`done ${this.#name(taskId)}${took}`);
        return;
      case 'elsewhere':
        this.line(`done by another run ${this.#name(taskId)}`);
        return;
      case 'cancelled':
        // Of those that had not begun there may be thousands.
        if (startedAt !== undefined) this.line(`stopped ${this.#name(taskId)}${took}`);
        return;
      case 'failed': {
        const { code, message, stack } = outcome.error;
        this.line(`FAILED ${this.#name(taskId)}${took}: ${code}: ${stack ?? message}`);
        return;
      }
      default:
        status satisfies never;
    }
  }

  #name(taskId: string): string {
    const label = this.#labels.get(taskId);
    return label === undefined ? taskId : `${taskId} (${label})`;
  }
}

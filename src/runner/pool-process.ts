import { UserError } from '../config/index.ts';
import { type HostListener, HostProcess } from './host-process.ts';
import type { ToHost } from './pool-messages.ts';

/** One that dies this often in a row before it is ready will not come up. */
const STARTS_TO_GIVE_UP = 2;
/** One that has not answered by then is killed, and counts as one that died. */
const START_WITHIN_MS = 60_000;

/** The process of a pool, which may be started again when it has died. */
export class PoolProcess {
  readonly #opening: Extract<ToHost, { kind: 'open' }>;
  readonly #listener: HostListener;
  readonly #environment: Readonly<Record<string, string>> | undefined;
  #host: HostProcess | null = null;
  #ready = false;
  #failedStarts = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param opening What it is told first. @param environment Variables over those of this process. */
  constructor(
    opening: Extract<ToHost, { kind: 'open' }>,
    listener: HostListener,
    environment?: Readonly<Record<string, string>>,
  ) {
    this.#opening = opening;
    this.#listener = listener;
    this.#environment = environment;
  }

  /** Whether it takes tasks. */
  get ready(): boolean {
    return this.#ready;
  }

  start(): void {
    const { onMessage, onLine, onEnd } = this.#listener;
    this.#host = new HostProcess(
      {
        onMessage: (message) => {
          if (message.kind === 'ready') this.#started();
          onMessage(message);
        },
        onLine,
        onEnd: (how, lastLines) => {
          clearTimeout(this.#timer);
          this.#host = null;
          onEnd(how, lastLines);
        },
      },
      this.#environment,
    );
    this.#ready = false;
    this.#timer = setTimeout(() => this.kill(), START_WITHIN_MS);
    this.send(this.#opening);
  }

  /** Counts an end for which nobody asked. @throws {UserError} POOL_START_FAILED: another start would not help. */
  countEnd(how: string, lastLines: readonly string[]): void {
    if (this.#ready) return;
    this.#failedStarts += 1;
    if (this.#failedStarts < STARTS_TO_GIVE_UP) return;
    throw new UserError('POOL_START_FAILED', {
      where: 'starting the process that computes',
      expected: 'a Node process that answers',
      found: [how, ...lastLines].join('\n            '),
      hint: 'npm ci, in case the installation is incomplete; fewer --workers, in case memory is short',
    });
  }

  send(message: ToHost): void {
    this.#host?.send(message);
  }

  kill(): void {
    this.#host?.kill();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#host?.close();
  }

  #started(): void {
    clearTimeout(this.#timer);
    this.#ready = true;
    this.#failedStarts = 0;
  }
}

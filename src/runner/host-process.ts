import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FromHost, ToHost } from './pool-messages.ts';

const KEPT_LINES = 20;
const CLOSE_WITHIN_MS = 3_000;
const LAST_MESSAGES_MS = 1_000;

/** What a HostProcess tells. All are called on the command's own thread. */
export interface HostListener {
  readonly onMessage: (message: FromHost) => void;
  /** A line that something in the process printed to stdout or stderr. */
  readonly onLine: (line: string) => void;
  /**
   * The process has ended and every message it sent has been delivered. Called once.
   *
   * @param how For a person: `killed by SIGKILL`, `exit code 134`.
   * @param lastLines What it printed last.
   */
  readonly onEnd: (how: string, lastLines: readonly string[]) => void;
}

/** The child process that holds the pool, seen from the command. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly #listener: HostListener;
  readonly #lastLines: string[] = [];
  readonly #ended: Promise<void>;

  /** @param environment Variables over those of this process. */
  constructor(listener: HostListener, environment: Readonly<Record<string, string>> = {}) {
    this.#listener = listener;
    this.#child = fork(fileURLToPath(new URL('./pool-host.ts', import.meta.url)), [], {
      // Given in full: tsx is found from here, not from the folder the command is run in, and debugger or test
      // flags of this process are not for the child.
      execArgv: ['--import', import.meta.resolve('tsx')],
      // Structured clone instead of JSON: typed arrays, undefined and NaN survive.
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...environment },
    });
    this.#child.on('message', (message: FromHost) => this.#listener.onMessage(message));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#line(line));
    }
    this.#ended = this.#watchEnd();
  }

  /** Operating system's number of the process; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a message; one that finds the process gone is dropped, since `onEnd` follows. */
  send(message: ToHost): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Ends the process at once, whatever runs in it. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Asks an idle process to end, makes it end if it does not, and waits until it has. */
  async close(): Promise<void> {
    this.send({ kind: 'close' });
    const timer = setTimeout(() => this.kill(), CLOSE_WITHIN_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #line(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift();
    this.#listener.onLine(line);
  }

  async #watchEnd(): Promise<void> {
    const how = await new Promise<string>((resolve) => {
      let description = 'ended';
      let timer: NodeJS.Timeout | undefined;
      // 'exit' may come before the last messages and lines: wait for the end of their channels too, but not for
      // ever, since a grandchild may hold them open.
      let open = 3;
      const oneLess = (): void => {
        open -= 1;
        if (open > 0) return;
        clearTimeout(timer);
        resolve(description);
      };
      this.#child.once('exit', (code, signal) => {
        description = signal === null ? `exit code ${code}` : `killed by ${signal}`;
        timer = setTimeout(() => resolve(description), LAST_MESSAGES_MS);
        oneLess();
      });
      this.#child.once('disconnect', oneLess);
      this.#child.once('close', oneLess);
      this.#child.on('error', (error) => {
        // Either the process could not be started, and nothing else will come, or a signal could not be sent.
        if (this.#child.pid === undefined) resolve(`could not be started: ${error.message}`);
      });
    });
    this.#listener.onEnd(how, this.#lastLines);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/coop-bench.mjs', import.meta.url));

/** The real command, running. */
export class Program {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  /** Exit code; null: a signal ended it. */
  readonly ended: Promise<number | null>;

  constructor(
    t: TestContext,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    command: string = COMMAND,
  ) {
    this.process = spawn(process.execPath, [command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.process.stdout!.on('data', (chunk) => {
      this.stdout += String(chunk);
    });
    this.process.stderr!.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
    this.ended = once(this.process, 'close').then(([code]) => code as number | null);
    t.after(() => this.process.kill('SIGKILL'));
  }

  /** Waits until it has said something; fails if it ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stderr);
      if (found !== null) return found;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`it ended without saying ${pattern}:\n${this.stderr}`);
      }
      await sleep(20);
    }
  }
}

/** A temporary folder that goes with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-queue-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

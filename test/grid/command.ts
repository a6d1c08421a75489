import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/coop-bench.mjs', import.meta.url));

export interface Finished {
  /** Exit code, or null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command. @param environment Over that of this process. */
export function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { process: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { process: child, finished };
}

export const run = (args: readonly string[]): Promise<Finished> => start(args).finished;

/** A temporary folder that goes with the test. */
export function temporaryFolder(t: { after(f: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

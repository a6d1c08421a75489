import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainDiskError, makeFolder } from '../../files/index.ts';
import { type Claim, type Holder, oneClaim, releaseClaim, tryClaim } from './claim-file.ts';
import { HolderWatch } from './holder-watch.ts';
import { newRunName } from './run-file.ts';

const ASK_EVERY_MS = 100;

/**
 * Does something with the report of an output folder while no other run writes it, after waiting for one that does.
 *
 * @param options.onWait Called once if another run is at it.
 * @throws {UserError} `FOLDER_NOT_WRITABLE` or `DISK_FULL`. The reason of `signal` while waiting.
 */
export async function withReportLock<T>(
  outDir: string,
  options: { readonly signal?: AbortSignal | undefined; readonly onWait?: (holder: Holder | null) => void },
  write: () => Promise<T>,
): Promise<T> {
  makeFolder(outDir);
  const claim = await waitForLock(join(outDir, 'report.lock'), new HolderWatch(outDir), options);
  const release = (): void => releaseClaim(claim);
  process.on('exit', release);
  try {
    return await write();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function waitForLock(
  path: string,
  watch: HolderWatch,
  { signal, onWait }: Parameters<typeof withReportLock>[1],
): Promise<Claim> {
  const run = newRunName();
  let said = false;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const attempt = tryClaim(path, oneClaim(run), (holder) => watch.isGone(holder));
      if (attempt.taken) return attempt.claim;
      if (!said) onWait?.(attempt.holder);
      said = true;
    } catch (error) {
      throw explainDiskError('claiming the report', path, error);
    }
    await sleep(ASK_EVERY_MS, undefined, signal ? { signal } : {});
  }
}

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type Digest,
  type DownloadEvent,
  type DownloadRequest,
  downloadFile,
  HttpClient,
} from '../../src/download/index.ts';

/** Bytes that no two places share, the same in every run. */
export function bytes(length: number, seed = 1): Buffer {
  const content = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content[i] = state >>> 24;
  }
  return content;
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

export const digestOf = (content: Buffer): Digest => ({ algorithm: 'sha256', hex: sha256(content) });

/** A folder that goes when the test does. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-download-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A client without proxies that goes when the test does. */
export function client(t: TestContext, environment: NodeJS.ProcessEnv = {}): HttpClient {
  const made = new HttpClient(environment);
  t.after(() => made.close());
  return made;
}

/** A place for one download, and what happened there. */
export interface Place {
  readonly path: string;
  readonly events: DownloadEvent[];
  /** Downloads to the place; without delays between tries. */
  fetch(
    url: string,
    options?: Partial<Omit<DownloadRequest, 'url' | 'path'>>,
  ): Promise<'downloaded' | 'present'>;
  /** The file under its final name, or null. */
  file(): Buffer | null;
  /** What has come so far, or null. */
  part(): Buffer | null;
}

const contentOf = (path: string): Buffer | null => (existsSync(path) ? readFileSync(path) : null);

export function place(t: TestContext): Place {
  const path = join(temporaryFolder(t), 'model.bin');
  const http = client(t);
  const events: DownloadEvent[] = [];
  return {
    path,
    events,
    fetch: (url, options = {}) =>
      downloadFile({
        client: http,
        url,
        path,
        retryDelayMs: 0,
        signal: new AbortController().signal,
        onEvent: (event) => events.push(event),
        ...options,
      }),
    file: () => contentOf(path),
    part: () => contentOf(`${path}.part`),
  };
}

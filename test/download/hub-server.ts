import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { sha256 } from './helpers.ts';
import { type Answer, file, serve, status, type TestServer } from './http-server.ts';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** A model on a hub of the test's own. */
export interface HubModel {
  /** Content by name. Files of more than 1000 bytes are in Git LFS, as large ones are on the real hub. */
  readonly files: Readonly<Record<string, Buffer>>;
  /** Owner and name. Default `owner/model`. */
  readonly id?: string;
  /** Names that are listed beside the files, but not there. */
  readonly listedOnly?: readonly string[];
  /** Files that are answered otherwise. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Token that is asked for. */
  readonly token?: string;
}

const gitSha1 = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

/** The hub's entry of a file, in the form of its API with `blobs=true`. */
function sibling(name: string, content: Buffer): object {
  const [size, blobId] = [content.length, gitSha1(content)];
  if (size <= 1000) return { rfilename: name, size, blobId };
  // Git holds a pointer to such a file: its blob's name is no hash of the content.
  return {
    rfilename: name,
    size,
    blobId: '0'.repeat(40),
    lfs: { sha256: sha256(content), size, pointerSize: 134 },
  };
}

/** A hub with one model, at revision `main`; its large files come from a store elsewhere. */
export async function serveHub(
  t: TestContext,
  { files, id = 'owner/model', listedOnly = [], answers = {}, token }: HubModel,
): Promise<{ readonly hub: TestServer; readonly store: TestServer }> {
  const store = await serve(t, (request, response) => {
    const name = decodeURIComponent(request.url!.slice('/blob/'.length).split('?')[0]!);
    (answers[name] ?? file(files[name]!))(request, response);
  });
  const hub = await serve(t, (request, response) => {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      status(401, { 'x-error-message': 'Access to model is restricted.' })(request, response);
      return;
    }
    const url = request.url!;
    const resolve = `/${id}/resolve/${COMMIT}/`;
    if (
      url === `/api/models/${id}/revision/main?blobs=true` ||
      url.startsWith(`/api/models/${id}/revision/v1%2F`)
    ) {
      const siblings = Object.entries(files).map(([name, content]) => sibling(name, content));
      const more = listedOnly.map((name) => sibling(name, Buffer.alloc(2000)));
      response.end(JSON.stringify({ id, sha: COMMIT, siblings: [...siblings, ...more] }));
      return;
    }
    const name = url.slice(resolve.length);
    const content = url.startsWith(resolve) ? files[name] : undefined;
    if (content === undefined) status(404)(request, response);
    else if (content.length <= 1000) (answers[name] ?? file(content))(request, response);
    else response.writeHead(302, { location: `${store.url}/blob/${name}?X-Signature=secret` }).end();
  });
  return { hub, store };
}

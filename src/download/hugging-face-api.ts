import { z } from 'zod';
import { UserError } from '../config/index.ts';
import type { Digest } from './digest.ts';
import { discard, type HttpClient, networkProblem } from './http-client.ts';
import type { HuggingFaceName } from './hugging-face-name.ts';
import { type RetryNotice, type RetrySettings, withRetries } from './retry.ts';
import { refusal } from './transfer.ts';
import { shownUrl, TransferProblem } from './transfer-problem.ts';

/** How the hub is reached. */
export interface HuggingFaceAccess {
  readonly client: HttpClient;
  /** Base address of the hub or of a mirror of it. */
  readonly endpoint: string;
  /** Bearer token of a person's account; null: none. */
  readonly token: string | null;
}

/** A file of a model on the hub. */
export interface HubFile {
  readonly name: string;
  readonly size: number;
  readonly digest: Digest;
}

/** All files of one commit of a model. */
export interface HubListing {
  readonly commit: string;
  readonly files: ReadonlyMap<string, HubFile>;
}

/** Answers of the hub that are longer are no lists of files. */
const LISTING_BYTES = 32 * 2 ** 20;

const hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));
/** Source: huggingface_hub, hf_api.py, model_info with files_metadata. */
const listingSchema = z.object({
  sha: hex(40),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.int().min(0).nullish(),
      blobId: hex(40).nullish(),
      lfs: z.object({ sha256: hex(64), size: z.int().min(0) }).nullish(),
    }),
  ),
});

/** What to try when the hub does not give something. */
export function hubHint({ owner, name }: HuggingFaceName, token: string | null): (status: number) => string {
  return (status) => {
    if (status !== 401 && status !== 403) return 'check owner, name and revision';
    const page = `https://huggingface.co/${owner}/${name}`;
    return token === null
      ? `check the name; if the model is gated or private, ask for access at ${page} and set HF_TOKEN`
      : `check the name, and at ${page} that the account of HF_TOKEN has access`;
  };
}

/**
 * Asks the hub for a model's commit and files, with their sizes and hashes.
 *
 * @throws {UserError} DOWNLOAD_NOT_FOUND, DOWNLOAD_REFUSED, DOWNLOAD_FAILED; HUB_ANSWER_STRANGE: the answer is no
 *   list of files. The reason of `signal`.
 */
export async function listHubFiles(
  model: HuggingFaceName,
  access: HuggingFaceAccess,
  options: RetrySettings & {
    readonly signal: AbortSignal;
    readonly stallMs?: number;
    readonly onRetry: (notice: RetryNotice) => void;
  },
): Promise<HubListing> {
  const { owner, name, revision } = model;
  const url = `${access.endpoint}/api/models/${owner}/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const { stallMs = 60_000 } = options;
  const text = await withRetries(() => getText(url, model, access, options.signal, stallMs), {
    ...options,
    giveUp: (problem, tries) =>
      new UserError('DOWNLOAD_FAILED', {
        where: `asking for the files of ${owner}/${name}: ${shownUrl(url)}`,
        found: `${problem.message}, after ${tries} ${tries === 1 ? 'try' : 'tries'}`,
        hint: 'check the connection, HTTPS_PROXY if this network needs a proxy, and HF_ENDPOINT if it is set',
        cause: problem,
      }),
  });
  return parseListing(text, url);
}

async function getText(
  url: string,
  model: HuggingFaceName,
  { client, token }: HuggingFaceAccess,
  signal: AbortSignal,
  stallMs: number,
): Promise<string> {
  // A short answer: it has to be whole within the time that a long one may be silent.
  const late = AbortSignal.timeout(stallMs);
  try {
    const response = await client.get({ url, token, signal: AbortSignal.any([signal, late]) });
    try {
      if (response.status !== 200) throw refusal(response, url, hubHint(model, token)(response.status));
      const parts: Buffer[] = [];
      let length = 0;
      for await (const part of response.body as AsyncIterable<Buffer>) {
        length += part.length;
        if (length > LISTING_BYTES) throw strange(url, `more than ${LISTING_BYTES} bytes`);
        parts.push(part);
      }
      return Buffer.concat(parts).toString('utf8');
    } finally {
      discard(response.body);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) throw new TransferProblem(`no answer within ${stallMs / 1000} s`, { cause: error });
    if (error instanceof TransferProblem || error instanceof UserError) throw error;
    throw networkProblem(error, url);
  }
}

function parseListing(text: string, url: string): HubListing {
  let listing: z.infer<typeof listingSchema>;
  try {
    listing = listingSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw strange(url, `no JSON: ${JSON.stringify(text.slice(0, 60))}`);
    if (!(error instanceof z.ZodError)) throw error;
    const issue = error.issues[0]!;
    throw strange(url, `${issue.path.join('.') || 'the whole'}: ${issue.message}`);
  }
  const files = new Map<string, HubFile>();
  for (const { rfilename: name, size, blobId, lfs } of listing.siblings) {
    // Large files stand in git as pointers; their own hash is the one of Git LFS.
    if (lfs) files.set(name, { name, size: lfs.size, digest: { algorithm: 'sha256', hex: lfs.sha256 } });
    else if (blobId && typeof size === 'number') {
      files.set(name, { name, size, digest: { algorithm: 'git-sha1', hex: blobId } });
    }
  }
  return { commit: listing.sha, files };
}

function strange(url: string, found: string): UserError {
  return new UserError('HUB_ANSWER_STRANGE', {
    where: shownUrl(url),
    expected: "the hub's list of a model's files",
    found,
    hint: 'check HF_ENDPOINT or --mirror: it must be the hub or a full mirror of it',
  });
}

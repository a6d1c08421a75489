import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PUBLISHED_MODELS, type PublishedModel } from '../checkpoint/index.ts';
import { nearNames, UserError } from '../config/index.ts';
import {
  type DownloadEvent,
  downloadFile,
  downloadHuggingFace,
  findHuggingFace,
  HttpClient,
  isHuggingFaceName,
  parseHuggingFaceName,
} from '../download/index.ts';

type OpenaiModel = Extract<PublishedModel, { readonly publisher: 'openai' }>;

/** A model that lies in the cache folder, complete and checked. */
export interface DownloadedModel {
  readonly name: string;
  /** What opens it: the file of an OpenAI model, the folder of one of the hub. */
  readonly path: string;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    /** The published hash it was checked by, e.g. `sha256:…`. */
    readonly digest: string;
  }[];
}

/** Tells which file an event is about; null: about the question which files there are. */
export type ModelEventListener = (event: DownloadEvent, file: { readonly name: string } | null) => void;

/** How a model is fetched. */
export interface ModelDownload {
  readonly cache: string;
  /** `--mirror`: base address in place of the publisher's. */
  readonly mirror?: string;
  readonly signal: AbortSignal;
  readonly onEvent?: ModelEventListener;
  /** HF_ENDPOINT, HF_TOKEN, COOP_BENCH_MIRROR and the proxies' variables. Default: the process's. */
  readonly environment?: NodeJS.ProcessEnv;
}

const HUB = 'https://huggingface.co';

function openaiPath({ sha256, url }: OpenaiModel, cache: string): string {
  return join(cache, 'checkpoints', 'openai', sha256.slice(0, 12), basename(new URL(url).pathname));
}

/** Name that a model is published under, or null: then it is none that can be downloaded. */
function publishedOpenai(name: string): OpenaiModel | null {
  const model = PUBLISHED_MODELS.find((candidate) => candidate.name === name);
  return model?.publisher === 'openai' ? model : null;
}

/**
 * A model that was downloaded before, or null if it was not, or if nothing of that name can be downloaded. Asks no
 * server.
 *
 * @param name An OpenAI name, or `hf:owner/name[@revision]`.
 * @throws {UserError} BAD_MODEL_NAME: begins with `hf:` and is no such name.
 */
export function findDownloadedModel(name: string, cache: string): DownloadedModel | null {
  if (isHuggingFaceName(name)) {
    const found = findHuggingFace(parseHuggingFaceName(name), cache);
    return found && hubModel(name, found);
  }
  const model = publishedOpenai(name);
  if (model === null) return null;
  const path = openaiPath(model, cache);
  // Only checked files ever get this name.
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? openaiModel(model, path) : null;
}

/** Path of a model that was downloaded before, or null. See `findDownloadedModel`. */
export function findDownloaded(name: string, cache: string): string | null {
  return findDownloadedModel(name, cache)?.path ?? null;
}

/** Whether a name is one that `downloadModel` knows. */
export function isDownloadable(name: string): boolean {
  return isHuggingFaceName(name) || publishedOpenai(name) !== null;
}

/**
 * Fetches a published model into the cache folder; does nothing but check if it is there.
 *
 * @param name An OpenAI name, or `hf:owner/name[@revision]`.
 * @throws {UserError} UNKNOWN_MODEL, BAD_MODEL_NAME, BAD_OPTION, BAD_PROXY, and those of `downloadFile` and
 *   `downloadHuggingFace`. The reason of `signal`, once it is aborted.
 */
export async function downloadModel(name: string, options: ModelDownload): Promise<DownloadedModel> {
  const { environment = process.env } = options;
  const hub = isHuggingFaceName(name) ? parseHuggingFaceName(name) : null;
  const model = hub === null ? requireOpenai(name) : null;
  const client = new HttpClient(environment);
  try {
    if (hub !== null) return await fromHub(name, client, options);
    return await fetchOpenai(model!, client, options);
  } finally {
    await client.close();
  }
}

function requireOpenai(name: string): OpenaiModel {
  const model = publishedOpenai(name);
  if (model !== null) return model;
  const names = PUBLISHED_MODELS.map((published) => published.name);
  const near = nearNames(name, names);
  throw new UserError('UNKNOWN_MODEL', {
    where: `model ${JSON.stringify(name)}`,
    expected: `${names.filter((known) => !isHuggingFaceName(known)).join(', ')}, or hf:owner/name`,
    found: 'no published model of this name',
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'coop-bench checkpoint list',
  });
}

/**
 * Fetches a model of OpenAI's form: one file whose hash is known beforehand.
 * @param model Usually one of `PUBLISHED_MODELS`.
 */
export async function fetchOpenai(
  model: OpenaiModel,
  client: HttpClient,
  { cache, mirror, signal, onEvent = () => {}, environment = process.env }: ModelDownload,
): Promise<DownloadedModel> {
  const base = baseUrl('--mirror', mirror) ?? baseUrl('COOP_BENCH_MIRROR', environment.COOP_BENCH_MIRROR);
  const { origin, pathname } = new URL(model.url);
  const path = openaiPath(model, cache);
  await downloadFile({
    client,
    url: `${base ?? origin}${pathname}`,
    path,
    // Its hash says all: the size in the table is there to be shown.
    digest: { algorithm: 'sha256', hex: model.sha256 },
    signal,
    onEvent: (event) => onEvent(event, { name: basename(path) }),
    hint: () => 'a mirror that has the file: --mirror URL, or COOP_BENCH_MIRROR',
  });
  return openaiModel(model, path);
}

async function fromHub(
  name: string,
  client: HttpClient,
  { cache, mirror, signal, onEvent = () => {}, environment = process.env }: ModelDownload,
): Promise<DownloadedModel> {
  const endpoint = baseUrl('--mirror', mirror) ?? baseUrl('HF_ENDPOINT', environment.HF_ENDPOINT) ?? HUB;
  const access = { client, endpoint, token: hubToken(environment.HF_TOKEN) };
  const done = await downloadHuggingFace(parseHuggingFaceName(name), cache, access, { signal, onEvent });
  return hubModel(name, done);
}

/** A base address without the slash at its end; null where none was given. */
function baseUrl(source: string, value: string | undefined): string | null {
  const text = (value ?? '').trim().replace(/\/+$/, '');
  if (text === '') return null;
  if (URL.canParse(text)) {
    const { protocol, search, hash } = new URL(text);
    if (/^https?:$/.test(protocol) && search === '' && hash === '') return text;
  }
  throw new UserError('BAD_OPTION', {
    where: source,
    expected: 'a base address, e.g. https://mirror.example/clip',
    found: JSON.stringify(text.slice(0, 100)),
  });
}

/** What cannot stand in a header is no token; it is not shown. */
function hubToken(value: string | undefined): string | null {
  const token = (value ?? '').trim();
  if (token === '') return null;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UserError('BAD_OPTION', {
    where: 'HF_TOKEN',
    expected: 'an access token, e.g. hf_…',
    found: 'characters that no token has',
    hint: 'set it again, without quotes and line breaks',
  });
}

function openaiModel({ name, sha256 }: OpenaiModel, path: string): DownloadedModel {
  return { name, path, files: [{ path, bytes: statSync(path).size, digest: `sha256:${sha256}` }] };
}

function hubModel(
  name: string,
  { folder, manifest }: NonNullable<ReturnType<typeof findHuggingFace>>,
): DownloadedModel {
  const files = manifest.files.map(({ name: file, size, digest }) => ({
    path: join(folder, file),
    bytes: size,
    digest,
  }));
  return { name, path: folder, files };
}

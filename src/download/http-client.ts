import type { Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { UserError } from '../config/index.ts';
import { systemErrorCode } from '../files/index.ts';
import { shownUrl, TransferProblem } from './transfer-problem.ts';

const MOST_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Trouble with certificates, which no second try removes. */
const UNTRUSTED =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|UND_ERR_PRX_TLS)/;

/** What is asked of a server. */
export interface HttpRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer token; sent to the host of `url` and to no other a redirect leads to. */
  readonly token?: string | null;
  readonly signal: AbortSignal;
}

/** The answer that redirects led to. Read `body` to its end or destroy it. */
export interface HttpResponse {
  readonly status: number;
  /** First value of a header, or null. */
  header(name: string): string | null;
  readonly body: Dispatcher.ResponseData['body'];
}

interface Connection {
  readonly request: typeof request;
  readonly dispatcher: EnvHttpProxyAgent;
}

/** Reads undici when something is asked of a server: most commands ask nothing, and would start later for it. */
async function connect(proxies: EnvHttpProxyAgent.Options): Promise<Connection> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  return { request, dispatcher: new EnvHttpProxyAgent(proxies) };
}

/** Fetches over HTTP and HTTPS, through the proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name. */
export class HttpClient {
  readonly #proxies: EnvHttpProxyAgent.Options;
  #connection: Promise<Connection> | null = null;

  /** @throws {UserError} BAD_PROXY: the environment names a proxy that is no URL. */
  constructor(environment: NodeJS.ProcessEnv = process.env) {
    const proxy = (name: string): string => proxyUrl(name, environment);
    this.#proxies = {
      httpProxy: proxy('http_proxy'),
      httpsProxy: proxy('https_proxy') || proxy('http_proxy'),
      noProxy: environment.no_proxy ?? environment.NO_PROXY ?? '',
      // Plain HTTP goes by a request to the proxy, as everywhere else; tunnels to port 80 are often refused.
      proxyTunnel: false,
    };
  }

  /**
   * Sends a GET and follows redirects.
   *
   * @throws {TransferProblem} The network failed. @throws {UserError} DOWNLOAD_UNTRUSTED, DOWNLOAD_REDIRECTS.
   */
  async get({ url, headers = {}, token = null, signal }: HttpRequest): Promise<HttpResponse> {
    const home = new URL(url).origin;
    let current = new URL(url);
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const authorization =
        token !== null && current.origin === home ? { authorization: `Bearer ${token}` } : {};
      const response = await this.#send(current, { ...headers, ...authorization }, signal);
      const location = header(response, 'location');
      if (!REDIRECTS.has(response.statusCode) || location === null) {
        return {
          status: response.statusCode,
          header: (name) => header(response, name),
          body: response.body,
        };
      }
      discard(response.body);
      current = nextUrl(location, current);
    }
    throw redirectError(url, `more than ${MOST_REDIRECTS} redirects, one after the other`);
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    // One that could not be made was told of where it was asked for.
    const connection = await this.#connection?.catch(() => null);
    await connection?.dispatcher.destroy();
  }

  async #send(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    this.#connection ??= connect(this.#proxies);
    const { request, dispatcher } = await this.#connection;
    try {
      return await request(url, {
        dispatcher,
        // A compressed answer would make lengths and ranges count other bytes than the file's.
        headers: { 'accept-encoding': 'identity', 'user-agent': 'coop-bench', ...headers },
        signal,
        // The caller watches for silence, in all phases alike.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw networkProblem(error, url);
    }
  }
}

/** Stops reading an answer whose rest is of no use. */
export function discard(body: HttpResponse['body']): void {
  // Destroying may report the cut as an error, which nobody waits for.
  body.on('error', () => {});
  body.destroy();
}

function header({ headers }: Dispatcher.ResponseData, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function nextUrl(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href))
    throw redirectError(from, 'a redirect to something that is no address');
  const next = new URL(location, from);
  if (next.protocol !== 'https:' && next.protocol !== from.protocol) {
    throw redirectError(from, `a redirect from ${from.protocol} to ${next.protocol}`);
  }
  return next;
}

function redirectError(url: string | URL, found: string): UserError {
  return new UserError('DOWNLOAD_REDIRECTS', {
    where: `downloading ${shownUrl(url)}`,
    expected: 'an answer, or redirects that lead to one',
    found,
    hint: 'check the mirror, or whether this network sends you to a page to log in',
  });
}

/** What an error of the network means to a person. Errors that no second try removes are thrown as UserError. */
export function networkProblem(error: unknown, url: string | URL): TransferProblem {
  if (!(error instanceof Error)) return new TransferProblem(String(error));
  const code = systemErrorCode(error) ?? error.name;
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const words = (inner instanceof Error && inner.message) || code;
  if (UNTRUSTED.test(code)) {
    throw new UserError('DOWNLOAD_UNTRUSTED', {
      where: `downloading ${shownUrl(url)}`,
      expected: 'a server whose certificate can be checked',
      found: `${words} (${code})`,
      hint: 'if your network has a certificate authority of its own, name its file in NODE_EXTRA_CA_CERTS',
      cause: error,
    });
  }
  // undici's own words, for plain requests and for tunnels.
  if (/^Proxy (Authentication Required|response) \(407\)/.test(words)) {
    throw new UserError('DOWNLOAD_REFUSED', {
      where: `downloading ${shownUrl(url)}`,
      expected: 'a proxy that lets this through',
      found: 'the proxy wants a name and a password (HTTP status 407)',
      hint: 'put them into HTTPS_PROXY and HTTP_PROXY: http://name:password@host:port',
      cause: error,
    });
  }
  return new TransferProblem(words.includes(code) ? words : `${words} (${code})`, { cause: error });
}

/** The proxy that a variable names, or '' for none; the lower-case spelling counts first, as with curl. */
function proxyUrl(name: string, environment: NodeJS.ProcessEnv): string {
  const value = (environment[name] ?? environment[name.toUpperCase()] ?? '').trim();
  if (value === '') return '';
  const url = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(url) && ['http:', 'https:', 'socks:', 'socks5:'].includes(new URL(url).protocol)) {
    return url;
  }
  throw new UserError('BAD_PROXY', {
    where: `the environment variable ${name.toUpperCase()}`,
    expected: 'the address of a proxy, e.g. http://proxy.example:3128',
    // The value may hold a password.
    found: 'something that is no such address',
    hint: `correct ${name.toUpperCase()}, or unset it`,
  });
}

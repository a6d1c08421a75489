import { UserError } from '../config/index.ts';

/** Where a queue is. What is secret of it can be asked for but is neither printed nor turned into JSON. */
export class QueueAddress {
  /** Scheme, host, port and database: fit for messages. */
  readonly shown: string;
  /** PEM certificates to trust instead of the system's; null: the system's. */
  readonly ca: string | null;
  readonly #url: URL;

  /** @throws {UserError} BAD_QUEUE: not an address of a Redis. */
  constructor(text: string, ca: string | null = null) {
    const url = parse(text);
    this.#url = url;
    this.ca = ca;
    this.shown = `${url.protocol}//${url.hostname}:${this.port}${this.database === 0 ? '' : `/${this.database}`}`;
    if (ca !== null && !this.encrypted)
      throw badAddress('rediss://… where certificates are given', this.shown);
  }

  get host(): string {
    return this.#url.hostname.replace(/^\[(.*)\]$/, '$1');
  }

  get port(): number {
    return this.#url.port === '' ? 6379 : Number(this.#url.port);
  }

  get database(): number {
    return Number(this.#url.pathname.slice(1));
  }

  get encrypted(): boolean {
    return this.#url.protocol === 'rediss:';
  }

  /** Name and password; undefined: none was given. */
  credentials(): { readonly username: string | undefined; readonly password: string | undefined } {
    const { username, password } = this.#url;
    return {
      username: username === '' ? undefined : decodeURIComponent(username),
      password: password === '' ? undefined : decodeURIComponent(password),
    };
  }
}

/** A text with the names and passwords of addresses in it taken out. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/\b(rediss?:\/\/)\S*@/g, '$1***@');
}

function badAddress(expected: string, found: string): UserError {
  return new UserError('BAD_QUEUE', {
    where: '--queue',
    expected,
    found,
    hint: 'redis://127.0.0.1:6379, or rediss://:PASSWORD@HOST:PORT in the variable COOP_BENCH_QUEUE',
  });
}

const FORM = 'redis://[[NAME]:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// for TLS';

function parse(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
    decodeURIComponent(`${url.username}${url.password}`);
  } catch {
    throw badAddress(`${FORM}; what is special in a password as %XX`, withoutSecrets(text));
  }
  const known = url.protocol === 'redis:' || url.protocol === 'rediss:';
  if (!known || url.hostname === '' || !/^\/?\d*$/.test(url.pathname) || url.search + url.hash !== '') {
    throw badAddress(FORM, withoutSecrets(text));
  }
  return url;
}

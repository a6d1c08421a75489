/** Why one try of a transfer failed, where another try may succeed. */
export class TransferProblem extends Error {
  /** How long the server asks to be left alone, in ms; null if it does not say. */
  readonly retryAfterMs: number | null;
  /** True if the bytes that came so far cannot be trusted. */
  readonly startOver: boolean;

  /** @param reason In words that follow "because": what happened, without secrets. */
  constructor(
    reason: string,
    options: {
      readonly retryAfterMs?: number | null;
      readonly startOver?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TransferProblem';
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.startOver = options.startOver ?? false;
  }
}

/** A URL as messages may show it: signed addresses carry secrets in their query, proxies in the user's part. */
export function shownUrl(url: string | URL): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'an address that is no URL';
  }
}

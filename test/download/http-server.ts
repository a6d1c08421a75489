import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** Answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What a server was asked. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** A server on a port of its own, and all it was asked so far. */
export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
}

/** Starts a server that goes when the test does. */
export async function listen(t: TestContext, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers the n-th request with the n-th answer, and all further ones with the last. */
export async function serve(t: TestContext, ...answers: readonly Answer[]): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method!, path: request.url!, headers: request.headers });
    response.on('error', () => {});
    answers[Math.min(seen.length, answers.length) - 1]!(request, response);
  });
  return { url: `http://${await listen(t, server)}`, seen };
}

/** How a file is served. */
export interface FileTraits {
  /** With the quotes. */
  readonly etag?: string;
  /** Cuts the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  readonly ignoreRange?: boolean;
  /** Without a length, in chunks. */
  readonly chunked?: boolean;
  /** Headers that replace the true ones. */
  readonly lies?: Readonly<Record<string, string>>;
}

/** A good server of one file, but for the traits. Knows Range, If-Range and 416. */
export function file(content: Buffer, traits: FileTraits = {}): Answer {
  const { etag = '"version-1"', cutAfter, ignoreRange = false, chunked = false, lies = {} } = traits;
  return (request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const condition = request.headers['if-range'];
    const start = range === undefined || ignoreRange || (condition ?? etag) !== etag ? null : Number(range);
    if (start !== null && start >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}`, ...lies }).end();
      return;
    }
    const body = content.subarray(start ?? 0);
    const headers: Record<string, string | number> = { etag };
    if (!chunked) headers['content-length'] = body.length;
    if (start !== null) headers['content-range'] = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(start === null ? 200 : 206, { ...headers, ...lies });
    if (cutAfter === undefined || cutAfter >= body.length) {
      response.end(body);
      return;
    }
    // The bytes must be on their way before the connection goes.
    response.flushHeaders();
    response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 10));
  };
}

/** An answer of a status without a file. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    response.writeHead(code, { ...headers }).end('no file here');
  };
}

/** Takes the request and says nothing, or after some bytes nothing more. */
export function silence(content?: Buffer, after = 0): Answer {
  return (_, response) => {
    if (content === undefined) return;
    response.writeHead(200, { 'content-length': content.length, etag: '"version-1"' });
    response.write(content.subarray(0, after));
  };
}

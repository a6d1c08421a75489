import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import type { TestContext } from 'node:test';
import { listen } from './http-server.ts';

/** A proxy: takes whole addresses (plain HTTP) and CONNECT (tunnels). */
export interface TestProxy {
  /** Host and port. */
  readonly address: string;
  /** First lines of all requests, e.g. `GET http://a.example/m` or `CONNECT a.example:443`. */
  readonly seen: string[];
  readonly authorizations: (string | undefined)[];
}

/**
 * @param refuse A status that answers every request, instead of what was asked for.
 * @param target Host and port that every request is led to, whatever its host: names need no resolving.
 */
export async function serveProxy(
  t: TestContext,
  { target, refuse }: { readonly target?: string; readonly refuse?: number },
): Promise<TestProxy> {
  const seen: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const [host, port] = (target ?? '127.0.0.1:9').split(':') as [string, string];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
    if (refuse !== undefined) {
      response.writeHead(refuse).end();
      return;
    }
    const { pathname, search } = new URL(request.url!);
    const onward = httpRequest(
      { host, port, path: pathname + search, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        // A cut on the far side is a cut on the near side.
        pipeline(answer, response, () => response.destroy());
      },
    );
    onward.on('error', () => response.destroy());
    onward.end();
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
    socket.on('error', () => {});
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  return { address: await listen(t, server), seen, authorizations };
}

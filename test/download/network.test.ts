import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HttpClient } from '../../src/download/index.ts';
import { bytes, client, digestOf, place, sha256, temporaryFolder } from './helpers.ts';
import { type Answer, file, listen, serve, status } from './http-server.ts';
import { serveProxy } from './proxy-server.ts';

const content = bytes(50_000);
/** Not a package of the project: the test that needs it says when it is missing. */
const OPENSSL = 'openssl';
const published = { digest: digestOf(content), size: content.length };
const redirect =
  (location: string, code = 302): Answer =>
  (_, response) => {
    response.writeHead(code, { location }).end('elsewhere');
  };

test('redirects are followed, relative ones too, and the range goes along', async (t) => {
  const store = await serve(t, file(content, { cutAfter: 20_000 }), file(content));
  const { url, seen } = await serve(
    t,
    redirect('/next?x=1', 307),
    redirect(`${store.url}/blob?signature=s`, 301),
    redirect(`${store.url}/blob?signature=s`),
  );
  const at = place(t);
  await at.fetch(`${url}/m`, published);
  assert.deepEqual(at.file(), content);
  assert.deepEqual(
    seen.map(({ path }) => path),
    ['/m', '/next?x=1', '/m'],
  );
  assert.deepEqual(
    store.seen.map(({ headers }) => headers.range),
    [undefined, 'bytes=20000-'],
  );
});

test('a token goes to its own host and not where a redirect leads, nor into messages', async (t) => {
  const store = await serve(t, status(404));
  const { url, seen } = await serve(t, redirect('/second'), redirect(`${store.url}/blob?signature=s`));
  await assert.rejects(place(t).fetch(`${url}/m`, { token: 'hf_secret' }), (error: Error) => {
    assert.doesNotMatch(error.message, /secret|signature/);
    return true;
  });
  assert.deepEqual(
    seen.map(({ headers }) => headers.authorization),
    ['Bearer hf_secret', 'Bearer hf_secret'],
  );
  assert.equal(store.seen.length, 1);
  assert.equal(store.seen[0]!.headers.authorization, undefined);
});

test('a redirect that goes in circles, or out of HTTP, ends the download', async (t) => {
  for (const [location, found] of [
    ['/again', 'more than 10 redirects'],
    ['file:///etc/passwd', 'a redirect from http: to file:'],
    ['http://[', 'no address'],
  ] as const) {
    const { url } = await serve(t, redirect(location));
    await assert.rejects(place(t).fetch(`${url}/m`), {
      code: 'DOWNLOAD_REDIRECTS',
      message: new RegExp(found),
    });
  }
});

test('HTTP_PROXY is used with whole addresses, its password too, and not for what NO_PROXY names', async (t) => {
  const { url, seen } = await serve(t, file(content, { cutAfter: 20_000 }), file(content));
  const proxy = await serveProxy(t, { target: url.replace('http://', '') });
  const http = client(t, { HTTP_PROXY: `http://name:p%40ss@${proxy.address}`, NO_PROXY: '127.0.0.1' });
  const at = place(t);
  await at.fetch('http://models.example/m', { ...published, client: http });
  assert.deepEqual(at.file(), content);
  assert.deepEqual(proxy.seen, ['GET http://models.example/m', 'GET http://models.example/m']);
  assert.equal(proxy.authorizations[0], `Basic ${Buffer.from('name:p@ss').toString('base64')}`);
  assert.equal(seen[0]!.headers.host, 'models.example');
  await place(t).fetch(`${url}/m`, { ...published, client: http });
  assert.equal(proxy.seen.length, 2);
});

test('a proxy without a scheme is taken as HTTP, and the lower-case variable counts first', async (t) => {
  const { url } = await serve(t, file(content));
  const proxy = await serveProxy(t, { target: url.replace('http://', '') });
  const http = client(t, { http_proxy: proxy.address, HTTP_PROXY: 'http://127.0.0.1:9' });
  await place(t).fetch('http://models.example/m', { ...published, client: http });
  assert.equal(proxy.seen.length, 1);
});

test('a proxy that wants a password, refuses or is not there is told as such', async (t) => {
  const proxy = await serveProxy(t, { refuse: 407 });
  const http = client(t, { HTTPS_PROXY: `http://${proxy.address}`, HTTP_PROXY: `http://${proxy.address}` });
  for (const scheme of ['https', 'http']) {
    await assert.rejects(place(t).fetch(`${scheme}://models.example/m`, { client: http }), {
      code: 'DOWNLOAD_REFUSED',
      message: /407[\s\S]*name:password@host:port/,
    });
  }
  assert.deepEqual(proxy.seen, ['CONNECT models.example:443', 'GET http://models.example/m']);
  const strict = await serveProxy(t, { refuse: 403 });
  for (const [address, found] of [
    [strict.address, /Proxy response \(403\)/],
    ['127.0.0.1:9', /ECONNREFUSED/],
  ] as const) {
    const blocked = client(t, { HTTPS_PROXY: address });
    await assert.rejects(place(t).fetch('https://models.example/m', { client: blocked, tries: 2 }), {
      code: 'DOWNLOAD_FAILED',
      message: found,
    });
  }
});

test('a proxy variable that is no address is refused without showing its password', () => {
  for (const value of ['http://user:secret@', 'ftp://user:secret@host', 'http://user:secret@ho st']) {
    assert.throws(
      () => new HttpClient({ HTTPS_PROXY: value }),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'BAD_PROXY');
        assert.match(error.message, /HTTPS_PROXY/);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  }
});

/** A certificate for `models.example`, of an authority that nobody knows; null where openssl is missing. */
function certificate(
  t: TestContext,
): { readonly key: string; readonly cert: string; readonly path: string } | null {
  const folder = temporaryFolder(t);
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync(OPENSSL, [
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=models.example'.split(
      ' ',
    ),
    ...['-addext', 'subjectAltName=DNS:models.example', '-keyout', key, '-out', cert],
  ]);
  if (made.status !== 0) return null;
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), path: cert };
}

test('HTTPS goes through a tunnel of HTTPS_PROXY; an unknown authority is refused, a named one trusted', async (t) => {
  const made = certificate(t);
  if (made === null) {
    t.skip('no openssl here to make a certificate');
    return;
  }
  const answer = file(content);
  const target = await listen(t, createTlsServer(made, answer));
  const proxy = await serveProxy(t, { target });
  const http = client(t, { HTTPS_PROXY: `http://${proxy.address}` });
  await assert.rejects(place(t).fetch('https://models.example/m', { client: http }), {
    code: 'DOWNLOAD_UNTRUSTED',
    message: /NODE_EXTRA_CA_CERTS/,
  });
  // Node reads the variable when it starts.
  const path = join(temporaryFolder(t), 'model.bin');
  const program = fileURLToPath(new URL('../fixtures/download/fetch-one.ts', import.meta.url));
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    program,
    'https://models.example/m',
    path,
    sha256(content),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, https_proxy: `http://${proxy.address}`, NODE_EXTRA_CA_CERTS: made.path },
  });
  await once(child, 'close');
  assert.deepEqual(readFileSync(path), content);
  assert.deepEqual(proxy.seen, ['CONNECT models.example:443', 'CONNECT models.example:443']);
});

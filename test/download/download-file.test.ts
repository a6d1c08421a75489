import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { bytes, digestOf, place, sha256 } from './helpers.ts';
import { type Answer, file, serve, silence, status } from './http-server.ts';

const content = bytes(100_000);
const published = { digest: digestOf(content), size: content.length };

test('a file comes whole, under its name only, and is not asked for again', async (t) => {
  const { url, seen } = await serve(t, file(content));
  const at = place(t);
  assert.equal(await at.fetch(`${url}/m`, published), 'downloaded');
  assert.deepEqual(at.file(), content);
  assert.deepEqual(readdirSync(dirname(at.path)), ['model.bin']);
  assert.equal(await at.fetch(`${url}/m`, published), 'present');
  assert.equal(seen.length, 1);
  assert.deepEqual(at.events.at(-1), { kind: 'done', totalBytes: content.length, fetched: false });
});

test('a file that was damaged on disk is fetched again', async (t) => {
  const { url } = await serve(t, file(content));
  const at = place(t);
  writeFileSync(at.path, bytes(content.length, 9));
  assert.equal(await at.fetch(`${url}/m`, published), 'downloaded');
  assert.deepEqual(at.file(), content);
});

test('cut at twenty random places, a file still comes whole, byte after byte asked for once', async (t) => {
  const cuts = [...bytes(20, 7)].map((byte) => 1 + byte * 15);
  const { url, seen } = await serve(t, ...cuts.map((cutAfter) => file(content, { cutAfter })), file(content));
  const at = place(t);
  await at.fetch(`${url}/m`, { ...published, tries: 25 });
  assert.deepEqual(at.file(), content);
  assert.equal(seen.length, 21);
  let start = 0;
  for (const [i, { headers }] of seen.entries()) {
    assert.equal(headers.range, start === 0 ? undefined : `bytes=${start}-`);
    assert.equal(headers['if-range'], start === 0 ? undefined : '"version-1"');
    start += cuts[i] ?? 0;
  }
});

test('what came before a lost connection is kept, and the next call goes on from there', async (t) => {
  const { url, seen } = await serve(t, file(content, { cutAfter: 30_000 }), status(503), file(content));
  const at = place(t);
  await assert.rejects(at.fetch(`${url}/m`, { ...published, tries: 2 }), {
    code: 'DOWNLOAD_FAILED',
    message: /HTTP status 503, after 2 tries; 30\.0 kB of 100 kB kept[\s\S]*goes on from there/,
  });
  assert.equal(at.file(), null);
  assert.deepEqual(at.part(), content.subarray(0, 30_000));
  await at.fetch(`${url}/m`, published);
  assert.deepEqual(at.file(), content);
  assert.equal(seen[2]!.headers.range, 'bytes=30000-');
});

test('a server that knows no ranges starts over cleanly', async (t) => {
  const { url } = await serve(
    t,
    file(content, { cutAfter: 30_000 }),
    file(content, { ignoreRange: true, cutAfter: 10 }),
    file(content, { ignoreRange: true }),
  );
  const at = place(t);
  // No hash that could repair it: the bytes must be right by themselves.
  await at.fetch(`${url}/m`);
  assert.deepEqual(at.file(), content);
});

test('a file that changes on the server between tries is never put together of both versions', async (t) => {
  const other = bytes(content.length, 2);
  for (const [title, second] of [
    ['If-Range is honoured', file(other, { etag: '"version-2"' })],
    // Answers the range although the condition does not hold.
    ['If-Range is ignored', ignoringCondition(file(other, { etag: '"version-2"' }))],
  ] as const) {
    const { url } = await serve(t, file(content, { cutAfter: 30_000 }), second);
    const at = place(t);
    await at.fetch(`${url}/m`);
    assert.deepEqual(at.file(), other, title);
  }
});

const ignoringCondition =
  (answer: Answer): Answer =>
  (request, response) => {
    delete request.headers['if-range'];
    answer(request, response);
  };

test('with a weak tag, bytes of two versions are told by the hash and fetched again in one go', async (t) => {
  const old = bytes(content.length, 2);
  const weak = 'W/"same"';
  const { url, seen } = await serve(
    t,
    file(old, { etag: weak, cutAfter: 30_000 }),
    file(content, { etag: weak }),
  );
  const at = place(t);
  await at.fetch(`${url}/m`, published);
  assert.deepEqual(at.file(), content);
  assert.ok(at.events.some(({ kind }) => kind === 'restart'));
  assert.deepEqual(
    seen.map(({ headers }) => headers.range),
    [undefined, 'bytes=30000-', undefined],
  );
});

test('with a weak tag and no hash, nothing is put together', async (t) => {
  const { url, seen } = await serve(
    t,
    file(bytes(content.length, 2), { etag: 'W/"same"', cutAfter: 30_000 }),
    file(content, { etag: 'W/"same"' }),
  );
  const at = place(t);
  await at.fetch(`${url}/m`);
  assert.deepEqual(at.file(), content);
  assert.equal(seen[1]!.headers.range, undefined);
});

test('lies about length do not end in a file', async (t) => {
  const lies: readonly (readonly [string, Answer])[] = [
    ['a length that is too long', file(content, { lies: { 'content-length': String(content.length + 5) } })],
    ['a length that is too short', file(content, { lies: { 'content-length': '500' } })],
    ['fewer bytes, no length', file(content.subarray(0, 99_000), { chunked: true })],
    ['more bytes, no length', file(Buffer.concat([content, content]), { chunked: true })],
    ['another file, length right by itself', file(bytes(500))],
    ['a compressed answer', file(content, { lies: { 'content-encoding': 'gzip' } })],
  ];
  for (const [title, answer] of lies) {
    const { url, seen } = await serve(t, answer);
    const at = place(t);
    await assert.rejects(
      at.fetch(`${url}/m`, { ...published, tries: 3 }),
      { code: 'DOWNLOAD_FAILED' },
      title,
    );
    assert.equal(at.file(), null, title);
    assert.equal(seen.length, 3, title);
    // One honest answer repairs it all.
    const honest = await serve(t, file(content));
    await at.fetch(`${honest.url}/m`, published);
    assert.deepEqual(at.file(), content, title);
  }
});

test('a partial answer of other bytes than asked for is not used', async (t) => {
  const answers: readonly string[] = [
    `bytes 29999-99999/100000`,
    `bytes 30000-99999/200000`,
    `bytes 30000-100000/100000`,
    `bytes 0-99999/100000`,
    'bytes */100000',
    'pages 3-9/10',
  ];
  for (const lie of answers) {
    const { url } = await serve(
      t,
      file(content, { cutAfter: 30_000 }),
      file(content, { lies: { 'content-range': lie } }),
      file(content),
    );
    const at = place(t);
    await at.fetch(`${url}/m`, published);
    assert.deepEqual(at.file(), content, lie);
  }
});

test('a partial answer to a question for the whole is not used', async (t) => {
  const { url } = await serve(
    t,
    (_, response) =>
      response
        .writeHead(206, { 'content-range': 'bytes 5-9/100000', 'content-length': 5 })
        .end(content.subarray(5, 10)),
    file(content),
  );
  const at = place(t);
  await at.fetch(`${url}/m`, published);
  assert.deepEqual(at.file(), content);
});

test('a wrong file is deleted, and the error names both hashes', async (t) => {
  const wrong = bytes(content.length, 3);
  const { url, seen } = await serve(t, file(wrong));
  const at = place(t);
  const error = await at.fetch(`${url}/m`, published).then(
    () => assert.fail('a wrong file was taken'),
    (caught: Error & { code: string }) => caught,
  );
  assert.equal(error.code, 'DOWNLOAD_WRONG_FILE');
  assert.match(error.message, new RegExp(sha256(content)));
  assert.match(error.message, new RegExp(sha256(wrong)));
  assert.deepEqual(readdirSync(dirname(at.path)), []);
  assert.equal(seen.length, 1);
});

test("a small file is checked by git's own hash", async (t) => {
  // git hash-object: echo 'hello' | git hash-object --stdin
  const hello = Buffer.from('hello\n');
  const { url } = await serve(t, file(hello));
  const digest = { algorithm: 'git-sha1', hex: 'ce013625030ba8dba906f756967f9e9ca394464a' } as const;
  await place(t).fetch(`${url}/m`, { digest });
  await assert.rejects(place(t).fetch(`${url}/m`, { digest: { ...digest, hex: '0'.repeat(40) } }), {
    code: 'DOWNLOAD_WRONG_FILE',
    message: /git-sha1 ce013625030ba8dba906f756967f9e9ca394464a/,
  });
});

test('an answer in chunks without a length comes whole, and is not taken when it is cut', async (t) => {
  const { url } = await serve(
    t,
    file(content, { chunked: true, cutAfter: 40_000 }),
    file(content, { chunked: true }),
  );
  const at = place(t);
  await at.fetch(`${url}/m`);
  assert.deepEqual(at.file(), content);
});

test('a part that is whole already is checked without asking for more', async (t) => {
  const { url, seen } = await serve(t, file(content));
  const at = place(t);
  writeFileSync(`${at.path}.part`, content);
  await at.fetch(`${url}/m`, published);
  assert.deepEqual(at.file(), content);
  assert.equal(seen.length, 0);
});

test('416 means all is there, if the server says so, and else that the part is of another file', async (t) => {
  const { url, seen } = await serve(t, file(content));
  const at = place(t);
  writeFileSync(`${at.path}.part`, content);
  await at.fetch(`${url}/m`, { digest: published.digest });
  assert.deepEqual(at.file(), content);
  assert.equal(seen[0]!.headers.range, 'bytes=100000-');

  const longer = place(t);
  writeFileSync(`${longer.path}.part`, bytes(120_000));
  await longer.fetch(`${url}/m`, { digest: published.digest });
  assert.deepEqual(longer.file(), content);

  const tooLong = place(t);
  writeFileSync(`${tooLong.path}.part`, bytes(120_000));
  await tooLong.fetch(`${url}/m`, published);
  assert.deepEqual(tooLong.file(), content);
});

test('a part of wrong bytes, left by a crash, is found by the hash and replaced', async (t) => {
  const { url } = await serve(t, file(content));
  for (const length of [content.length, 30_000]) {
    const at = place(t);
    writeFileSync(`${at.path}.part`, Buffer.alloc(length));
    await at.fetch(`${url}/m`, published);
    assert.deepEqual(at.file(), content);
  }
});

test('a server that asks for a pause gets it; one that asks for hours ends the download', async (t) => {
  const { url } = await serve(t, status(429, { 'retry-after': '1' }), file(content));
  const at = place(t);
  const start = performance.now();
  await at.fetch(`${url}/m`, published);
  assert.ok(performance.now() - start >= 950);
  const retry = at.events.find(({ kind }) => kind === 'retry');
  assert.deepEqual(retry, { kind: 'retry', reason: 'HTTP status 429', failed: 1, tries: 6, delayMs: 1000 });

  const rude = await serve(t, status(503, { 'retry-after': '7200' }));
  await assert.rejects(place(t).fetch(`${rude.url}/m`, published), { code: 'DOWNLOAD_FAILED' });
  assert.equal(rude.seen.length, 1);
});

test('statuses that no second try changes end the download at once', async (t) => {
  for (const [code, name] of [
    [401, 'DOWNLOAD_REFUSED'],
    [403, 'DOWNLOAD_REFUSED'],
    [404, 'DOWNLOAD_NOT_FOUND'],
    [418, 'DOWNLOAD_FAILED'],
  ] as const) {
    const { url, seen } = await serve(
      t,
      status(code, { 'x-error-message': 'Access\tto this is restricted' }),
    );
    await assert.rejects(place(t).fetch(`${url}/m?secret=signature`, { hint: (of) => `hint for ${of}` }), {
      code: name,
      message: new RegExp(
        `^downloading ${url}/m\\n[\\s\\S]*HTTP status ${code}: Access to this is restricted\\n.*hint for ${code}$`,
      ),
    });
    assert.equal(seen.length, 1);
  }
});

test('a server that falls silent is left and asked again', async (t) => {
  const { url, seen } = await serve(t, silence(), silence(content, 30_000), file(content));
  const at = place(t);
  await at.fetch(`${url}/m`, { ...published, stallMs: 150 });
  assert.deepEqual(at.file(), content);
  assert.equal(seen.length, 3);
  const reasons = at.events.flatMap((event) => (event.kind === 'retry' ? [event.reason] : []));
  assert.deepEqual(reasons, ['nothing came for 0.15 s', 'nothing came for 0.15 s']);
});

test('a host that nobody listens on is named with what to check', async (t) => {
  await assert.rejects(place(t).fetch('http://127.0.0.1:9/m', { tries: 2 }), {
    code: 'DOWNLOAD_FAILED',
    message: /ECONNREFUSED[\s\S]*after 2 tries[\s\S]*HTTPS_PROXY/,
  });
});

test('an interruption keeps what came, and frees the file for others', async (t) => {
  const { url } = await serve(t, silence(content, 30_000), file(content));
  const at = place(t);
  const controller = new AbortController();
  const running = at.fetch(`${url}/m`, {
    ...published,
    signal: controller.signal,
    onEvent: (event) => {
      if (event.kind === 'bytes' && event.doneBytes === 30_000) controller.abort(new Error('enough'));
    },
  });
  await assert.rejects(running, { message: 'enough' });
  assert.equal(at.part()?.length, 30_000);
  assert.ok(!existsSync(`${at.path}.lock`));
  await at.fetch(`${url}/m`, published);
  assert.deepEqual(at.file(), content);
});

test('an interruption ends a pause between tries', async (t) => {
  const { url } = await serve(t, status(503, { 'retry-after': '300' }));
  const controller = new AbortController();
  const running = place(t).fetch(`${url}/m`, {
    signal: controller.signal,
    onEvent: ({ kind }) => {
      if (kind === 'retry') setTimeout(() => controller.abort(new Error('enough')), 20);
    },
  });
  await assert.rejects(running, { message: 'enough' });
});

test('a size that no disk has is refused before anything is asked', async (t) => {
  const { url, seen } = await serve(t, file(content));
  await assert.rejects(place(t).fetch(`${url}/m`, { size: 2 ** 60 }), {
    code: 'DISK_FULL',
    message: /room for 1152922 TB more[\s\S]*free/,
  });
  assert.equal(seen.length, 0);
});

test('a file in the way of the folder is a request the user can correct', async (t) => {
  const at = place(t);
  writeFileSync(at.path, '');
  const { url } = await serve(t, file(content));
  await assert.rejects(at.fetch(`${url}/m`, { ...published, path: `${at.path}/below` } as typeof published), {
    code: 'FOLDER_NOT_WRITABLE',
  });
});

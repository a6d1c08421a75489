import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors, writeSafetensors } from '../../src/checkpoint/index.ts';
import { Program, temporaryFolder } from './programs.ts';
import { NO_REDIS, RedisServer } from './redis.ts';

const MODEL = fileURLToPath(new URL('../../models/icon-clip-rn.safetensors', import.meta.url));
const GRID = [
  ...['bench', 'fewshot', '--datasets', 'icons_nature', '--methods', 'zeroshot,linear_probe'],
  ...['--shots', '1', '--seeds', '1', '--views', '1', '--json'],
];
/** As it is typed, and as it is. */
const [TYPED, PASSWORD] = ['open%40sesame', 'open@sesame'];

/** False, or what this machine lacks besides a Redis. */
const LACKING: string | false =
  spawnSync('openssl', ['version']).status !== 0
    ? 'no openssl here, which makes the certificate'
    : !existsSync('/proc/self/environ') && 'no /proc here, where processes show their environment';

function makeCertificate(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=queue'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  return { cert, key };
}

/** Every file under a folder whose content holds a text. */
const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));

const commandLineOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

/** Processes that a process has started. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

test('TLS and a password; a worker without the model is refused; nothing tells the password', {
  skip: NO_REDIS || LACKING,
}, async (t) => {
  const folder = temporaryFolder(t);
  const { cert, key } = makeCertificate(folder);
  const redis = await RedisServer.start(t, folder, {
    tls: true,
    options: [
      ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'],
      ...['--requirepass', PASSWORD],
    ],
  });
  const url = `rediss://:${TYPED}@127.0.0.1:${redis.port}`;
  const { tensors } = readSafetensors(MODEL);
  const model = join(folder, 'mine.safetensors');
  const scale = { dtype: 'F32', shape: [], data: Float32Array.of(4) } as const;
  writeSafetensors(model, new Map([...tensors, ['logit_scale', scale]]));

  const out = join(folder, 'out');
  const trusted = ['--queue-ca', cert];
  const bench = new Program(t, [...GRID, '--backbone', model, '--out', out, '--queue', url, ...trusted]);
  // Each finds its address in the environment, and its model at a place of its own.
  const worker = (...args: string[]): Program =>
    new Program(
      t,
      ['worker', '--queue', '--workers', '1', '--cache', join(folder, 'cache'), ...trusted, ...args],
      {
        COOP_BENCH_QUEUE: url,
      },
    );
  const without = worker();
  await without.says(
    /not taking jobs of: Few-shot classification: no model mine with the weights [0-9a-f]{12}…/,
  );
  await bench.says(/worker \S+ \(process \d+\) was refused: no model mine with the weights/);
  const withModel = worker('--backbone', model);
  await withModel.says(/^taking jobs of: Few-shot classification$/m);
  const titles = [bench, withModel].map(({ process: { pid } }) => commandLineOf(pid!));
  const children = childrenOf(withModel.process.pid!);
  const environments = children.map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
  assert.ok(children.length > 0);
  assert.equal(await bench.ended, 0, bench.stderr);
  assert.equal((JSON.parse(bench.stdout) as { computed: number }).computed, 2);

  const wrong = [
    [url.replace(TYPED, 'guess%40work'), trusted, /QUEUE_REFUSED: the queue at rediss:\/\/127\.0\.0\.1/],
    [url.replace(`:${TYPED}@`, ''), trusted, /QUEUE_REFUSED/],
    [url, [], /QUEUE_UNREACHABLE[\s\S]*self-signed certificate[\s\S]*--queue-ca/],
    [`redis://:${TYPED}@127.0.0.1:1`, [], /QUEUE_UNREACHABLE[\s\S]*ECONNREFUSED/],
    [`redis://:${TYPED}@host:nowhere`, [], /BAD_QUEUE[\s\S]*found: {4}redis:\/\/\*\*\*@host:nowhere/],
  ] as const;
  const refused = wrong.map(([address, more]) => new Program(t, ['worker', '--queue', address, ...more]));
  for (const [i, program] of refused.entries()) {
    assert.equal(await program.ended, 2, program.stderr);
    assert.match(program.stderr, wrong[i]![2]);
  }

  const said = [bench, without, withModel, ...refused].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  for (const secret of [TYPED!, PASSWORD!, 'guess%40work', 'guess@work']) {
    for (const text of [...said, ...titles, ...environments]) assert.ok(!text.includes(secret), text);
    assert.deepEqual(filesWith(out, secret), []);
  }
  assert.match(readFileSync(join(out, 'index.html'), 'utf8'), /rediss:\/\/\*\*\*@127\.0\.0\.1/);
});

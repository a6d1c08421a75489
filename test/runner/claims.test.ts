import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CellClaims } from '../../src/runner/sharing/cell-claims.ts';
import { HolderWatch } from '../../src/runner/sharing/holder-watch.ts';
import { fixture, temporaryFolder } from './helpers.ts';

/** A process that claims names; resolves with its first line. */
async function holder(
  t: TestContext,
  out: string,
  names: string,
  end: 'wait' | 'exit' | 'throw' = 'wait',
  before: readonly string[] = [],
): Promise<{ child: ChildProcess; said: string }> {
  const program = fileURLToPath(fixture('hold-claim.ts'));
  const words = [
    ...before,
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    program,
    out,
    names,
    end,
  ];
  const child = spawn(words[0]!, words.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (data) => {
    said += String(data);
  });
  if (end === 'wait') await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  else await once(child, 'close');
  return { child, said: said.trim() };
}

const claimsIn = (out: string): string[] => readdirSync(join(out, 'claims')).sort();
const claimsOf = (out: string): CellClaims => new CellClaims(out, 'this', new HolderWatch(out));

test('what one run has claimed another cannot, until it is released', (t) => {
  const out = temporaryFolder(t);
  const [one, other] = [claimsOf(out), claimsOf(out)];
  assert.equal(one.take(['b', 'a']), true);
  assert.equal(one.take(['a']), true, 'it holds it already');
  assert.equal(other.take(['c', 'b']), false);
  assert.deepEqual(claimsIn(out), ['a', 'b'], 'of several names all are taken, or none');
  one.release(['b']);
  assert.equal(other.take(['c', 'b']), true);
  one.releaseAll();
  other.releaseAll();
  assert.deepEqual(claimsIn(out), []);
});

test('claims of a living process stand; killed, they are taken over', async (t) => {
  const out = temporaryFolder(t);
  const { child, said } = await holder(t, out, 'a,b');
  assert.equal(said, 'claimed');
  const claims = claimsOf(out);
  assert.equal(claims.take(['a']), false);
  child.kill('SIGSTOP');
  assert.equal(claims.take(['a']), false, 'a process that stands still lives');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(claims.take(['a']), true);
  claims.releaseAll();
  assert.deepEqual(claimsIn(out), ['b']);
  claimsOf(out).releaseAll();
  assert.deepEqual(claimsIn(out), [], 'the next run clears away what dead ones left');
});

test('of several runs that find one stale claim, one gets it', async (t) => {
  const out = temporaryFolder(t);
  const first = await holder(t, out, 'a');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const rivals = await Promise.all([1, 2, 3, 4].map(() => holder(t, out, 'a')));
  const said = rivals.map((rival) => rival.said).sort();
  for (const { child } of rivals) child.kill('SIGKILL');
  assert.deepEqual(said, ['claimed', 'refused', 'refused', 'refused']);
  assert.deepEqual(claimsIn(out), ['a']);
});

test('process.exit and an uncaught error release claims', async (t) => {
  const out = temporaryFolder(t);
  for (const end of ['exit', 'throw'] as const) {
    assert.equal((await holder(t, out, 'a', end)).said, 'claimed');
    assert.deepEqual(claimsIn(out), [], end);
  }
});

test('a process that was given the number of a dead one does not hold its claims', {
  skip: process.platform !== 'linux' && 'start times are known on Linux only',
}, (t) => {
  const out = temporaryFolder(t);
  const claims = claimsOf(out);
  assert.equal(claims.take(['a']), true);
  const path = join(out, 'claims', 'a');
  const held = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...held, started: 'another boot/1' }));
  const second = claimsOf(out);
  assert.equal(second.take(['a']), true);
  // It is not the first one's any more, so it is not its to remove.
  claims.releaseAll();
  assert.deepEqual(claimsIn(out), ['a']);
  second.releaseAll();
});

test('an empty claim is believed while it is young', (t) => {
  const out = temporaryFolder(t);
  mkdirSync(join(out, 'claims'));
  const path = join(out, 'claims', 'a');
  writeFileSync(path, '');
  const claims = claimsOf(out);
  assert.equal(claims.take(['a']), false);
  const before = new Date(Date.now() - 60_000);
  utimesSync(path, before, before);
  assert.equal(claims.take(['a']), true);
  claims.releaseAll();
});

const uts = ['unshare', '--uts', 'sh', '-c', 'hostname elsewhere && exec "$@"', 'sh'];
const otherHosts = spawnSync(uts[0]!, [...uts.slice(1), 'true']).status === 0;

test('a run of another host is watched: alive while its file changes, gone when that has stopped for long', {
  skip: !otherHosts && 'this user may not give a process a host name of its own',
}, async (t) => {
  const out = temporaryFolder(t);
  const { child, said } = await holder(t, out, 'a', 'wait', uts);
  assert.equal(said, 'claimed');
  const clock = { ms: 0 };
  const watch = new HolderWatch(out, 60_000, () => clock.ms);
  const claims = new CellClaims(out, 'this', watch);
  assert.equal(claims.take(['a']), false);
  clock.ms = 70_000;
  const beat = () =>
    JSON.parse(
      readFileSync(
        join(out, 'runs', readdirSync(join(out, 'runs')).find((name) => name.endsWith('.json'))!),
        'utf8',
      ),
    ).beat;
  const seen = beat();
  while (beat() === seen) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(claims.take(['a']), false, 'it has shown life since');
  child.kill('SIGKILL');
  await once(child, 'exit');
  clock.ms = 100_000;
  claims.take(['a']);
  clock.ms = 125_000;
  assert.equal(claims.take(['a']), false, 'it may be slow');
  clock.ms = 170_000;
  assert.equal(claims.take(['a']), true);
  claims.releaseAll();
});

test('a run whose own file was removed goes on claiming, and frees what it claimed before and after', (t) => {
  const out = temporaryFolder(t);
  const claims = claimsOf(out);
  assert.equal(claims.take(['a']), true);
  rmSync(join(out, 'runs'), { recursive: true });
  assert.equal(claims.take(['b']), true);
  assert.equal(claims.take(['c']), true);
  const other = claimsOf(out);
  for (const name of ['a', 'b', 'c']) assert.equal(other.take([name]), false, name);
  claims.release(['a', 'b', 'c']);
  assert.equal(other.take(['a', 'b', 'c']), true);
  claims.releaseAll();
  assert.deepEqual(claimsIn(out), ['a', 'b', 'c'], 'they are not its own any more');
  other.releaseAll();
  assert.deepEqual(claimsIn(out), []);
});

test('a file where the folder should be is a request the user can correct', (t) => {
  const out = temporaryFolder(t);
  writeFileSync(join(out, 'file'), '');
  assert.throws(() => claimsOf(join(out, 'file')), { code: 'FOLDER_NOT_WRITABLE' });
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run, temporaryFolder } from './command.ts';

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** A real disk of some kilobytes, or null where this user may not mount one. */
function smallDisk(t: TestContext, kilobytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'coop-bench-disk-'));
  t.after(() => {
    spawnSync('umount', [folder]);
    rmdirSync(folder);
  });
  if (!mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder)) return null;
  return folder;
}

const argsFor = (out: string, cache: string): string[] => [
  ...[
    'bench',
    'fewshot',
    '--datasets',
    'icons_nature',
    '--methods',
    'zeroshot,linear_probe',
    '--shots',
    '1,2',
  ],
  ...['--seeds', '1,2,3,4,5,6', '--views', '1', '--json', '--out', out, '--cache', cache],
];
const CELLS = 13;

test('a disk that fills with records stops the run, which says what it needs and goes on when there is room', async (t) => {
  const folder = temporaryFolder(t);
  const disk = smallDisk(t, 60);
  if (disk === null) return t.skip('this user may not mount a disk');
  const args = argsFor(join(disk, 'out'), join(folder, 'cache'));
  const full = await run(args);
  assert.equal(full.code, 1, full.stderr);
  assert.match(full.stderr, /error DISK_FULL: writing a file: .*\n {2}expected: room on the disk/);
  assert.match(
    full.stderr,
    /needs: {4}about [\d.]+ MB for \d+ cells and the report in .*\([\d.]+ (kB|bytes) free\)/,
  );
  const records = join(disk, 'out', 'records');
  const finished = readdirSync(records);
  assert.ok(finished.length > 0 && finished.length < CELLS, `${finished.length} records`);
  for (const name of finished) {
    assert.match(name, /^[0-9a-f]{32}\.json$/, 'nothing half-written is left');
    assert.equal((JSON.parse(readFileSync(join(records, name), 'utf8')) as { status: string }).status, 'ok');
  }
  assert.deepEqual(readdirSync(join(disk, 'out', 'claims')), []);

  assert.ok(mount('-o', 'remount,size=50m', disk));
  const rest = await run(args);
  assert.equal(rest.code, 0, rest.stderr);
  const { computed, reused, failed } = JSON.parse(rest.stdout) as Record<string, number>;
  assert.deepEqual([computed, reused, failed], [CELLS - finished.length, finished.length, 0]);
});

test('a disk that fills with cached features stops the run before any cell is given up', async (t) => {
  const folder = temporaryFolder(t);
  const disk = smallDisk(t, 40);
  if (disk === null) return t.skip('this user may not mount a disk');
  const full = await run(argsFor(join(folder, 'out'), join(disk, 'cache')));
  assert.equal(full.code, 1, full.stderr);
  assert.match(full.stderr, /error DISK_FULL: .*disk-\w+\/cache/);
  assert.match(full.stderr, /and up to [\d.]+ kB in .*cache \([\d.]+ (kB|bytes) free\)/);
  assert.deepEqual(readdirSync(join(folder, 'out', 'records')), []);
});

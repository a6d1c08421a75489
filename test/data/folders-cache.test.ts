import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type ClassFolder, listClassFolders } from '../../src/data/folders/list-class-folders.ts';

const temporary = fs.mkdtempSync(join(tmpdir(), 'coop-bench-listing-'));
after(() => fs.rmSync(temporary, { recursive: true, force: true }));

let count = 0;
let [root, cacheDir] = ['', ''];
beforeEach(() => {
  [root, cacheDir] = [join(temporary, `${count}`), join(temporary, `${count++}-cache`)];
  for (const file of ['a/1.jpg', 'a/2.jpg', 'b/3.jpg']) put(file);
});

function put(file: string): void {
  const path = join(root, file);
  fs.mkdirSync(join(path, '..'), { recursive: true });
  fs.writeFileSync(path, '');
}

/** Late enough after the folders were made for their times to be trusted. */
const later = () => Date.now() + 10_000;

/** What is listed, as `a/1.jpg a/2.jpg …`. */
async function list(
  options: { names?: string[]; ignored?: string[]; now?: () => number } = {},
): Promise<string> {
  const folders = await listClassFolders(root, { cacheDir, now: later, ...options });
  return text(folders);
}
const text = (folders: readonly ClassFolder[]) =>
  folders.flatMap(({ name, pictures }) => pictures.map((picture) => `${name}/${picture}`)).join(' ');

function kept(): string {
  const files = fs.readdirSync(join(cacheDir, 'listings'));
  assert.equal(files.length, 1);
  return join(cacheDir, 'listings', files[0]!);
}

/** Changes what the cache says, checksum included: where a listing shows it, the folder was not read. */
function lie(edit: (body: string) => string): void {
  const path = kept();
  const [header, ...lines] = fs.readFileSync(path, 'utf8').split('\n') as [string, ...string[]];
  const body = edit(lines.join('\n'));
  const sha256 = createHash('sha256').update(body).digest('hex');
  fs.writeFileSync(path, `${JSON.stringify({ ...JSON.parse(header), sha256 })}\n${body}`);
}
/** After it, pictures of folders that are taken from the cache have upper-case extensions. */
const mark = () => lie((body) => body.replaceAll('.jpg', '.JPG'));

describe('the cache of listings', () => {
  it('gives what was kept of folders that have not changed', async () => {
    assert.equal(await list(), 'a/1.jpg a/2.jpg b/3.jpg');
    mark();
    assert.equal(await list(), 'a/1.JPG a/2.JPG b/3.JPG');
    assert.equal(await list({ names: ['b'] }), 'b/3.JPG');
    assert.equal(await list({ ignored: ['a'] }), 'b/3.JPG');
  });

  const changes: Readonly<Record<string, readonly [change: () => void, listed: string]>> = {
    'a file was added': [() => put('a/0.jpg'), 'a/0.jpg a/1.jpg a/2.jpg b/3.JPG'],
    'a file was removed': [() => fs.rmSync(join(root, 'a/1.jpg')), 'a/2.jpg b/3.JPG'],
    'a file was renamed': [
      () => fs.renameSync(join(root, 'a/1.jpg'), join(root, 'a/4.jpg')),
      'a/2.jpg a/4.jpg b/3.JPG',
    ],
    'a file was added and the time set back, as by rsync': [
      () => {
        const { atime, mtime } = fs.statSync(join(root, 'a'));
        put('a/0.jpg');
        fs.utimesSync(join(root, 'a'), atime, mtime);
      },
      'a/0.jpg a/1.jpg a/2.jpg b/3.JPG',
    ],
    'another folder stands in its place': [
      () => {
        put('../other/5.jpg');
        fs.renameSync(join(root, 'a'), join(temporary, `${count}-old`));
        fs.renameSync(join(temporary, 'other'), join(root, 'a'));
      },
      'a/5.jpg b/3.JPG',
    ],
  };
  for (const [title, [change, listed]] of Object.entries(changes)) {
    it(`lists only that folder again when ${title}`, async () => {
      await list();
      mark();
      change();
      assert.equal(await list(), listed);
      assert.equal(await list(), listed, 'and keeps it');
    });
  }

  it('sees folders that come and go, and forgets those that went', async () => {
    await list();
    mark();
    fs.rmSync(join(root, 'b'), { recursive: true });
    put('c/6.jpg');
    assert.equal(await list(), 'a/1.JPG a/2.JPG c/6.jpg');
    assert.ok(!fs.readFileSync(kept(), 'utf8').includes('3.JPG'));
  });

  it('keeps the rest where only some folders are asked for', async () => {
    await list({ names: ['b'] });
    assert.equal(await list({ names: ['a'] }), 'a/1.jpg a/2.jpg');
    mark();
    assert.equal(await list(), 'a/1.JPG a/2.JPG b/3.JPG');
  });

  it("takes the times of a link's target", async () => {
    fs.renameSync(join(root, 'a'), join(temporary, `${count}-target`));
    fs.symlinkSync(join(temporary, `${count}-target`), join(root, 'a'));
    await list();
    mark();
    assert.equal(await list(), 'a/1.JPG a/2.JPG b/3.JPG');
    fs.writeFileSync(join(temporary, `${count}-target`, '0.jpg'), '');
    assert.equal(await list(), 'a/0.jpg a/1.jpg a/2.jpg b/3.JPG');
  });

  it('does not keep a folder that changed in the last two seconds: its time may stay when it changes again', async () => {
    await list({ now: Date.now });
    assert.ok(!fs.existsSync(join(cacheDir, 'listings')));
    const changedMs = fs.statSync(join(root, 'b')).ctimeMs;
    await list({ now: () => Math.ceil(changedMs) + 1990 });
    assert.ok(!fs.existsSync(join(cacheDir, 'listings')));
    await list({ now: () => Math.ceil(changedMs) + 2000 });
    assert.match(fs.readFileSync(kept(), 'utf8'), /3\.jpg/);
  });

  it('holds names of every kind', async () => {
    const names = [
      '\u00e9.jpg',
      'e\u0301.jpg',
      'tab\tline\n.jpg',
      'quote".jpg',
      '\u2028.jpg',
      '\u{1f408}.jpg',
    ];
    for (const name of names) put(`odd\t"\n/${name}`);
    const listed = await list();
    mark();
    assert.equal(await list(), listed.replaceAll('.jpg', '.JPG'));
  });

  it('keeps nothing where there is to be no cache', async () => {
    await listClassFolders(root, { cacheDir: null, now: later });
    assert.ok(!fs.existsSync(cacheDir));
  });
});

describe('a cache that is of no use', () => {
  const damages: Readonly<Record<string, (bytes: Buffer) => Buffer | string>> = {
    empty: () => '',
    'cut off': (bytes) => bytes.subarray(0, bytes.length - 7),
    'cut off in its first line': (bytes) => bytes.subarray(0, 20),
    'changed in one byte': (bytes) => Buffer.from(bytes.toString().replace('1.jpg', '7.jpg')),
    'of another version': (bytes) => bytes.toString().replace('"version":1', '"version":0'),
    'of another root': (bytes) => bytes.toString().replace('"root":"', '"root":"/elsewhere'),
    'of another program': () => '{"listings": []}\n',
    'not text': () => Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x80, 0x0a]),
  };
  for (const [title, damage] of Object.entries(damages)) {
    it(`is passed over and written anew: ${title}`, async () => {
      const listed = await list();
      const whole = fs.readFileSync(kept(), 'utf8');
      fs.writeFileSync(kept(), damage(fs.readFileSync(kept())));
      assert.equal(await list(), listed);
      assert.equal(fs.readFileSync(kept(), 'utf8'), whole);
    });
  }

  it('is done without: a file where its folder should be', async () => {
    fs.writeFileSync(cacheDir, '');
    assert.equal(await list(), 'a/1.jpg a/2.jpg b/3.jpg');
    cacheDir = join(cacheDir, 'within');
    assert.equal(await list(), 'a/1.jpg a/2.jpg b/3.jpg');
  });

  it('is done without: a folder where its file should be', async () => {
    await list();
    const path = kept();
    fs.rmSync(path);
    fs.mkdirSync(path);
    assert.equal(await list(), 'a/1.jpg a/2.jpg b/3.jpg');
  });

  // The superuser may write everywhere.
  it('is done without: a folder it may not write', { skip: process.getuid?.() === 0 }, async () => {
    fs.mkdirSync(cacheDir, { mode: 0o500 });
    assert.equal(await list(), 'a/1.jpg a/2.jpg b/3.jpg');
  });
});

describe('several processes with one cache', () => {
  it('see what is there, and leave a cache that holds', { timeout: 60_000 }, async () => {
    const program = `
      import { listClassFolders } from ${JSON.stringify(new URL('../../src/data/folders/list-class-folders.ts', import.meta.url).href)};
      import { readdirSync, rmSync } from 'node:fs';
      const [root, cacheDir] = ${JSON.stringify([root, cacheDir])};
      const seen = new Set();
      for (let i = 0; i < 30; i++) {
        const names = [['a'], ['b'], ['a', 'b']][i % 3];
        const folders = await listClassFolders(root, { cacheDir, names, now: () => Date.now() + 10_000 });
        seen.add(JSON.stringify(folders));
        // Gone, it is not found to hold all, and is written again.
        for (const file of readdirSync(cacheDir + '/listings')) {
          if (file.endsWith('.jsonl')) rmSync(cacheDir + '/listings/' + file, { force: true });
        }
      }
      console.log([...seen].sort().join('\\n'));`;
    const run = () =>
      promisify(execFile)(process.execPath, [
        '--import',
        import.meta.resolve('tsx'),
        '--input-type=module',
        '--eval',
        program,
      ]);
    const a = '{"name":"a","pictures":["1.jpg","2.jpg"]}';
    const b = '{"name":"b","pictures":["3.jpg"]}';
    for (const { stdout, stderr } of await Promise.all([run(), run()])) {
      assert.equal(stderr, '');
      assert.deepEqual(stdout.trim().split('\n'), [`[${a},${b}]`, `[${a}]`, `[${b}]`]);
    }
    await list();
    mark();
    assert.equal(await list(), 'a/1.JPG a/2.JPG b/3.JPG');
    assert.deepEqual(
      fs.readdirSync(join(cacheDir, 'listings')).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});

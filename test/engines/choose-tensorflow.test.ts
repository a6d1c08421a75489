import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';

/** The made-up packages below stand behind a real one. */
const installed = existsSync(new URL('../../node_modules/@tensorflow/tfjs-node-gpu', import.meta.url));
const runtime = new URL('../../src/runtime/index.ts', import.meta.url).href;

/** What a new process answers that finds `source` under the name of the GPU's package; null where it finds none. */
function answer(t: TestContext, source: string | null, call: string, environment: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  t.after(() => rmSync(folder, { recursive: true }));
  if (source !== null) {
    const place = join(folder, '@tensorflow/tfjs-node-gpu');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'index.js'), source);
  }
  const script = `
    import { chooseTensorflow } from '${runtime}';
    const plain = ({ device, message, remedy }) => ({ device, message, remedy });
    const found = await ${call}.catch((error) => ({ error: plain(error) }));
    console.log(JSON.stringify({ ...found, passedOver: found.passedOver?.map(plain) }));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8', env: { ...process.env, NODE_PATH: folder, ...environment } },
  );
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as {
    readonly device?: string;
    readonly threads?: number;
    readonly versions?: Readonly<Record<string, string>>;
    readonly error?: { readonly device: string; readonly message: string; readonly remedy: string };
    readonly passedOver?: readonly { readonly device: string; readonly message: string }[];
  };
}

/** As libtensorflow's absence shows when the package is there. */
const BROKEN = "throw new Error('libtensorflow.so.2: cannot open shared object file\\nand so on');";
/** As the package computes on a machine without a card: libtensorflow then takes the CPU, and says nothing. */
const WITHOUT_CARD = `
  const tf = require('${join(import.meta.dirname, '../../node_modules/@tensorflow/tfjs-core')}');
  const backend = { isUsingGpuDevice: false, binding: { TF_Version: '0' } };
  module.exports = { ...tf, version: {}, findBackend: () => backend };`;

describe('the choice of a TensorFlow.js', { skip: installed && 'tfjs-node-gpu is installed here' }, () => {
  it('names what to install where a package is missing', (t) => {
    const { error } = answer(t, null, "chooseTensorflow('cuda')");
    assert.equal(error?.device, 'cuda');
    assert.equal(error?.message, '@tensorflow/tfjs-node-gpu is not installed');
    assert.match(error?.remedy as string, /^npm i @tensorflow\/tfjs-node-gpu@4\.22\.0 .*--device wasm/);
  });

  it('says in one line why an installed package does not load', (t) => {
    const { error } = answer(t, BROKEN, "chooseTensorflow('cuda')");
    assert.equal(
      error?.message,
      '@tensorflow/tfjs-node-gpu is installed and does not load: libtensorflow.so.2: cannot open shared object file',
    );
    assert.match(error?.remedy as string, /^npm rebuild @tensorflow\/tfjs-node-gpu/);
  });

  it('does not take the CPU for the GPU', (t) => {
    const { error } = answer(t, WITHOUT_CARD, "chooseTensorflow('cuda')");
    assert.match(error?.message as string, /finds no GPU/);
  });

  it('goes on to the next device, and says which were passed over and why', (t) => {
    const { device, versions, passedOver } = answer(t, BROKEN, 'chooseTensorflow()');
    assert.ok(device === 'cpu' || device === 'wasm');
    assert.equal(
      versions?.[device === 'cpu' ? '@tensorflow/tfjs-node' : '@tensorflow/tfjs-backend-wasm'],
      '4.22.0',
    );
    assert.deepEqual(
      passedOver?.map((other) => other.device),
      device === 'cpu' ? ['cuda'] : ['cuda', 'cpu'],
    );
    assert.match(passedOver?.[0]?.message as string, /does not load/);
  });

  it('takes WebAssembly, with its one thread, where it is asked for', (t) => {
    const { device, threads, versions } = answer(t, null, "chooseTensorflow('wasm', 4)");
    assert.deepEqual([device, threads, versions], ['wasm', 1, { '@tensorflow/tfjs-backend-wasm': '4.22.0' }]);
  });

  it('keeps the number of threads that the environment gives', (t) => {
    const { device, threads } = answer(t, null, 'chooseTensorflow(null, 4)', { TF_NUM_INTRAOP_THREADS: '3' });
    assert.equal(threads, device === 'cpu' ? 3 : 1);
  });
});

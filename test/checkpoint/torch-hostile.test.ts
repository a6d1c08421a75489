import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openTorchFile } from '../../src/checkpoint/torch/index.ts';
import { Placeholder } from '../../src/pickle/index.ts';
import { refused } from './refused.ts';
import * as p from './torch-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'torch-hostile-'));
after(() => rmSync(folder, { recursive: true }));
const hex = (digits: string) => Buffer.from(digits, 'hex');

let files = 0;
async function open(operations: p.Operations, more: readonly p.Member[] = []) {
  files += 1;
  const path = join(folder, `${files}.pt`);
  p.writeArchive(path, p.pickle(...operations), more);
  const file = await openTorchFile(path);
  after(() => file.close());
  return file;
}

describe('openTorchFile with a hostile pickle', () => {
  const stateDict = [p.text('w'), p.tensor()];

  it('runs nothing: a root that would call a shell is refused by its name', async () => {
    const marker = join(folder, 'marker');
    const root = p.call('posix', 'system', p.text(`touch ${marker}`));
    await refused(() => open([root]), 'TORCH_UNKNOWN_CLASS', /posix\.system/);
    await refused(
      () => open([p.call('builtins', 'eval', p.text(`open("${marker}", "w")`))]),
      'TORCH_UNKNOWN_CLASS',
      /builtins\.eval/,
    );
    assert.equal(existsSync(marker), false);
  });

  it('refuses by name a state dict, or a part of one, that some other call would make', async () => {
    const evil = p.call('builtins', 'exec', p.text('1'));
    const cases: [p.Operations, RegExp][] = [
      [[p.dict(p.text('state_dict'), evil)], /"state_dict"[\s\S]*builtins\.exec/],
      [[p.dict(...stateDict, p.text('b'), evil)], /"b"[\s\S]*builtins\.exec/],
      [[p.dict(p.text('w'), p.call('torch._utils', '_rebuild_parameter', evil, p.FALSE))], /"w"[\s\S]*exec/],
      [[p.dict(p.text('w'), p.tensor({ storage: 'QInt8Storage' }))], /"w"[\s\S]*torch\.QInt8Storage/],
      [[p.call('collections', 'OrderedDict', evil)], /builtins\.exec/],
      [[p.call('my.module', 'StateDict'), p.MARK, ...stateDict, p.SET_ITEMS], /my\.module\.StateDict/],
    ];
    for (const [operations, pattern] of cases) {
      await refused(() => open(operations), 'TORCH_UNKNOWN_CLASS', pattern);
    }
  });

  it('reads a state dict that stands beside such a call', async () => {
    const evil = p.call('builtins', 'exec', p.text('1'));
    const file = await open([p.dict(p.text('state_dict'), p.dict(...stateDict), p.text('x'), evil)]);
    assert.deepEqual([...file.read('w').data], [1, 2, 3, 4]);
    assert.ok(file.values.get('x') instanceof Placeholder);
  });

  it('takes no name for special', async () => {
    const file = await open([p.dict(p.text('__proto__'), p.tensor(), p.text('constructor'), p.tensor())]);
    assert.deepEqual([...file.entries.keys()], ['__proto__', 'constructor']);
    assert.deepEqual([...file.read('__proto__').data], [1, 2, 3, 4]);
    assert.equal(({} as Record<string, unknown>).dtype, undefined);
  });

  it('reads no storage but an entry of the archive', async () => {
    for (const key of ['../../../etc/passwd', '/etc/passwd', '1', '0/../0', '']) {
      await refused(() => open([p.dict(p.text('w'), p.tensor({ key }))]), 'TORCH_DAMAGED', /no such entry/);
    }
  });

  it('refuses tensors that do not lie within their storage, before it takes memory for them', async () => {
    const damaged: Parameters<typeof p.tensor>[0][] = [
      { offset: 1 },
      { offset: -1 },
      { offset: 2n ** 60n },
      { shape: [5] },
      { shape: [-4] },
      { strides: [2] },
      { strides: [-1] },
      { strides: [2n ** 60n] },
      { shape: [2, 2], strides: [1] },
      { shape: Array(65).fill(1), strides: Array(65).fill(1) },
      { elements: 5, shape: [5] },
      { elements: 2 ** 40, shape: [2 ** 40] },
      { elements: -4 },
      { elements: 2n ** 60n },
    ];
    for (const options of damaged) {
      await refused(() => open([p.dict(p.text('w'), p.tensor(options))]), 'TORCH_DAMAGED', /expected/);
    }
    const large: Parameters<typeof p.tensor>[0][] = [
      { shape: [2 ** 28], strides: [0] },
      { shape: [2 ** 50, 2 ** 50, 2 ** 50], strides: [0, 0, 0] },
      { shape: [4, 2 ** 26], strides: [1, 0] },
    ];
    for (const options of large) {
      await refused(() => open([p.dict(p.text('w'), p.tensor(options))]), 'TORCH_TOO_LARGE', /"w"/);
    }
    const many = Array.from({ length: 20 }, (_, i) => [
      p.text(`w${i}`),
      p.tensor({ shape: [2 ** 22], strides: [0] }),
    ]).flat();
    await refused(() => open([p.dict(...many)]), 'TORCH_TOO_LARGE', /dense tensors/);
  });

  it('does not follow modules that hold themselves, or each other ever more often', async () => {
    const constants = [{ name: 'archive/constants.pkl', bytes: p.pickle(p.EMPTY_TUPLE) }];
    const start = [p.global('__torch__.m', 'M'), p.EMPTY_TUPLE, hex('81')];
    const cyclic = [...start, hex('7100'), p.dict(p.text('self'), hex('6800')), p.BUILD];
    await refused(() => open(cyclic, constants), 'TORCH_TOO_LARGE', /modules/);
    // Level by level, put aside as value 0 and held twice by the next: 2^60 modules.
    const level = [
      ...start,
      p.dict(p.text('a'), hex('6800'), p.text('b'), hex('6800')),
      p.BUILD,
      hex('7100'),
    ];
    const doubling = [...start, p.dict(p.text('w'), p.NONE), p.BUILD, hex('7100')];
    for (let depth = 0; depth < 60; depth += 1) doubling.push(hex('30'), ...level);
    await refused(() => open(doubling, constants), 'TORCH_TOO_LARGE', /modules/);
  });

  it('counts what shared modules hold, and how long the paths to tensors become', async () => {
    const constants = [{ name: 'archive/constants.pkl', bytes: p.pickle(p.EMPTY_TUPLE) }];
    const start = [p.global('__torch__.m', 'M'), p.EMPTY_TUPLE, hex('81')];
    // One module of 5,000 attributes in 5,000 places: 25 million in a pickle of some 100 kB.
    const many = (value: Uint8Array) =>
      Array.from({ length: 5000 }, (_, i) => [p.text(`a${i}`), value]).flat();
    const wide = [...start, p.dict(...many(hex('4e'))), p.BUILD, hex('7100')];
    await refused(
      () => open([...wide, hex('30'), ...start, p.dict(...many(hex('6800'))), p.BUILD], constants),
      'TORCH_TOO_LARGE',
      /attributes/,
    );
    const long = p.text('n'.repeat(100_000));
    const inner = [...start, p.dict(p.text('w'), p.tensor()), p.BUILD];
    const named = [...start, p.dict(long, ...inner), p.BUILD];
    await refused(() => open(named, constants), 'TORCH_TOO_LARGE', /names of at most 4096/);
  });

  it('refuses what holds no tensors, and says what it holds', async () => {
    await refused(() => open([p.dict(p.text('epoch'), p.integer(3))]), 'TORCH_NO_TENSORS', /"epoch"/);
    await refused(() => open([p.EMPTY_LIST]), 'TORCH_NO_TENSORS', /a list of 0/);
    const selfHolding = [p.EMPTY_DICT, hex('7100'), p.MARK, p.text('state_dict'), hex('6800'), p.SET_ITEMS];
    await refused(() => open(selfHolding), 'TORCH_NO_TENSORS', /"state_dict"/);
    const numbered = [p.dict(hex('4b01'), p.tensor())];
    await refused(() => open(numbered), 'TORCH_DAMAGED', /text as name/);
  });

  it('keeps the prefix "module." where not all names have it', async () => {
    const file = await open([p.dict(p.text('module.a'), p.tensor(), p.text('b'), p.tensor())]);
    assert.deepEqual([...file.entries.keys()], ['module.a', 'b']);
  });
});

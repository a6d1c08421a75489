import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { StoredTensor } from '../../src/checkpoint/safetensors-dtype.ts';
import { encodeTorchFile, openTorchFile, PythonFloat } from '../../src/checkpoint/torch/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'torch-writer-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'model.pth.tar-50');

const tensors = new Map<string, StoredTensor>([
  ['ctx', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(0.5, -1, 2, 3, 4, 1e-30) }],
  ['token_prefix', { dtype: 'F16', shape: [2, 1, 1], data: Uint16Array.of(0x3c00, 0xc000) }],
  ['token_suffix', { dtype: 'F16', shape: [2, 0, 1], data: new Uint16Array(0) }],
  ['scalar', { dtype: 'I64', shape: [], data: BigInt64Array.of(-(2n ** 40n)) }],
]);
const prompt = {
  state_dict: tensors,
  epoch: 50,
  optimizer: null,
  scheduler: { last_epoch: -1, rates: [0.002, new PythonFloat(1)], seen: 2 ** 40, verbose: false },
  val_result: null,
  note: 'naïve "x"\n',
};

/** Reads the file with Python's own zipfile and pickle; storages and tensors become tuples. */
const ORACLE = `
import collections, io, json, pickle, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"): return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"): return lambda *args: ["tensor", *args]
        assert module == "torch" and name.endswith("Storage"), (module, name)
        return name
    def persistent_load(self, key):
        return [*key, z.read("archive/data/" + key[2]).hex()]
value = Reader(io.BytesIO(z.read("archive/data.pkl"))).load()
starts = [i.header_offset + 30 + len(i.filename) + int.from_bytes(open(sys.argv[1], "rb").read()[i.header_offset + 28:i.header_offset + 30], "little") for i in z.infolist()]
print(json.dumps({"names": z.namelist(), "starts": starts, "order": z.read("archive/byteorder").decode(),
  "type": type(value["state_dict"]).__name__, "one": repr(value["scheduler"]["rates"][1]), "value": value}))
`;
const python = spawnSync('python3', ['-c', 'import pickle, zipfile'], { encoding: 'utf8' });
const torch = spawnSync('python3', ['-c', 'import torch'], { encoding: 'utf8' });

describe('encodeTorchFile', () => {
  writeFileSync(file, encodeTorchFile(prompt));

  it("writes a zip and a pickle as Python's own modules read them", {
    skip: python.status === 0 ? false : 'needs python3',
  }, () => {
    const { stdout, stderr } = spawnSync('python3', ['-c', ORACLE, file], { encoding: 'utf8' });
    assert.equal(stderr, '');
    const read = JSON.parse(stdout);
    assert.deepEqual(read.names, [
      ...['archive/data.pkl', 'archive/byteorder'],
      ...['archive/data/0', 'archive/data/1', 'archive/data/2', 'archive/data/3', 'archive/version'],
    ]);
    assert.ok(read.starts.every((start: number) => start % 64 === 0));
    assert.equal(read.order, 'little');
    assert.equal(read.type, 'OrderedDict');
    assert.equal(read.one, '1.0');
    const { state_dict: state, ...rest } = read.value;
    assert.deepEqual(rest, {
      ...{ epoch: 50, optimizer: null, val_result: null, note: 'naïve "x"\n' },
      scheduler: { last_epoch: -1, rates: [0.002, 1], seen: 2 ** 40, verbose: false },
    });
    const hexOf = (tensor: StoredTensor) =>
      Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength).toString('hex');
    const expected = [
      ['ctx', 'FloatStorage', '0', 6, [2, 3], [3, 1]],
      ['token_prefix', 'HalfStorage', '1', 2, [2, 1, 1], [1, 1, 1]],
      ['token_suffix', 'HalfStorage', '2', 0, [2, 0, 1], [0, 1, 1]],
      ['scalar', 'LongStorage', '3', 1, [], []],
    ] as const;
    assert.deepEqual(
      Object.keys(state),
      expected.map(([name]) => name),
    );
    for (const [name, type, key, elements, shape, strides] of expected) {
      const id = ['storage', type, key, 'cpu', elements, hexOf(tensors.get(name)!)];
      assert.deepEqual(state[name], ['tensor', id, 0, shape, strides, false, {}], name);
    }
  });

  it('writes what PyTorch loads, with weights_only and without', {
    skip: torch.status === 0 ? false : 'needs python3 with PyTorch',
  }, () => {
    const script = `
import sys, torch
for safe in (True, False):
    read = torch.load(sys.argv[1], weights_only=safe)
    state = read.pop("state_dict")
    print({k: (str(v.dtype), list(v.shape), v.double().flatten().tolist()) for k, v in state.items()}, read["epoch"], read["optimizer"])
`;
    const { stdout } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
    const line =
      "{'ctx': ('torch.float32', [2, 3], [0.5, -1.0, 2.0, 3.0, 4.0, 1.0000000031710769e-30]), " +
      "'token_prefix': ('torch.float16', [2, 1, 1], [1.0, -2.0]), 'token_suffix': ('torch.float16', [2, 0, 1], []), " +
      "'scalar': ('torch.int64', [], [-1099511627776.0])} 50 None\n";
    assert.equal(stdout, line + line);
  });

  it('gives back through its own reader what it was given', async () => {
    const read = await openTorchFile(file);
    try {
      assert.deepEqual([...read.entries.keys()], [...tensors.keys()]);
      for (const [name, tensor] of tensors) assert.deepEqual(read.read(name), tensor);
      assert.equal(read.values.get('epoch'), 50);
      assert.equal(read.values.get('note'), prompt.note);
      assert.deepEqual(
        [...(read.values.get('scheduler') as Map<string, unknown>).entries()],
        [
          ...[
            ['last_epoch', -1],
            ['rates', [0.002, 1]],
            ['seen', 2 ** 40],
            ['verbose', false],
          ],
        ],
      );
    } finally {
      read.close();
    }
  });

  it('writes the same bytes for the same values', () => {
    assert.ok(readFileSync(file).equals(encodeTorchFile(prompt)));
  });

  it('refuses a tensor whose data are not its shape', () => {
    const wrong: StoredTensor = { dtype: 'F32', shape: [3], data: new Float32Array(2) };
    assert.throws(() => encodeTorchFile({ wrong }), /internal: a tensor of 2 elements and shape \[3\]/);
  });
});

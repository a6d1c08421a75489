import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/checkpoint/safetensors.ts';
import type { StoredTensor } from '../../src/checkpoint/safetensors-dtype.ts';
import { isTorchFile, openTorchFile, type TorchFile } from '../../src/checkpoint/torch/index.ts';
import { Placeholder } from '../../src/pickle/index.ts';
import { refused as refusedBy } from './refused.ts';

const folder = mkdtempSync(join(tmpdir(), 'torch-files-'));
after(() => rmSync(folder, { recursive: true }));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const bytesOf = ({ data }: StoredTensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Asserts that a file holds exactly these tensors: names, types, shapes and bytes. */
function assertTensors(file: TorchFile, expected: ReadonlyMap<string, StoredTensor>): void {
  assert.deepEqual([...file.entries.keys()].sort(), [...expected.keys()].sort());
  for (const [name, tensor] of expected) {
    const found = file.read(name);
    assert.deepEqual(file.entries.get(name), { dtype: tensor.dtype, shape: tensor.shape }, name);
    assert.equal(found.dtype, tensor.dtype, name);
    assert.deepEqual(found.shape, tensor.shape, name);
    assert.ok(bytesOf(found).equals(bytesOf(tensor)), `${name} has other bytes`);
  }
}

async function opened<T>(path: string, use: (file: TorchFile) => T): Promise<T> {
  const file = await openTorchFile(path);
  try {
    return use(file);
  } finally {
    file.close();
  }
}

const refused = (path: string, code: string, pattern: RegExp) =>
  refusedBy(() => openTorchFile(path), code, pattern);

describe('openTorchFile', () => {
  for (const model of ['vit', 'rn']) {
    const expected = readSafetensors(fixture(`checkpoints/${model}.openai.safetensors`)).tensors;

    it(`reads ${model} from a plain state dict`, async () => {
      await opened(fixture(`checkpoints/${model}.state_dict.pt`), (file) => {
        assert.equal(file.format, 'PyTorch state dict');
        assertTensors(file, expected);
      });
    });

    it(`reads ${model} from a training checkpoint, nested and with a prefix`, async () => {
      await opened(fixture(`checkpoints/${model}.training_checkpoint.pt`), (file) => {
        assertTensors(file, expected);
        assert.equal(file.values.get('epoch'), 3);
      });
    });

    it(`reads ${model} from a TorchScript archive in half precision, and knows its activation`, async () => {
      await opened(fixture(`checkpoints/${model}.torchscript.pt`), (file) => {
        assert.equal(file.format, 'TorchScript archive');
        assert.deepEqual(file.metadata, { activation: 'quickgelu' });
        const facts = {
          input_resolution: model === 'vit' ? 32n : 64n,
          context_length: 77n,
          vocab_size: 4096n,
        };
        const scalars = Object.entries(facts).map(
          ([name, value]) => [name, { dtype: 'I64', shape: [], data: BigInt64Array.of(value) }] as const,
        );
        assertTensors(file, new Map<string, StoredTensor>([...expected, ...scalars]));
      });
    });
  }

  for (const name of ['views.pt', 'views.protocol4.pt']) {
    it(`makes every view dense and reads every type (${name})`, async () => {
      const expected = readSafetensors(fixture('torch/views.expected.safetensors')).tensors;
      await opened(fixture(`torch/${name}`), (file) => assertTensors(file, expected));
    });
  }

  for (const [name, activation] of [
    ['scripted.quickgelu', 'quickgelu'],
    ['traced.quickgelu', 'quickgelu'],
    ['scripted.gelu', 'gelu'],
    ['scripted.relu', undefined],
  ]) {
    it(`names a module's tensors by their path and tells the activation only if certain (${name})`, async () => {
      const expected = readSafetensors(fixture(`torch/${name}.expected.safetensors`)).tensors;
      await opened(fixture(`torch/${name}.pt`), (file) => {
        assertTensors(file, expected);
        assert.equal(file.metadata.activation, activation);
        if (name!.startsWith('scripted')) assert.equal(file.values.get('context_length'), 77);
      });
    });
  }

  it("reads CoOp's prompt file beside its optimiser and scheduler, whose objects stay placeholders", async () => {
    const expected = readSafetensors(fixture('torch/model.pth.tar-2.expected.safetensors')).tensors;
    await opened(fixture('torch/model.pth.tar-2'), (file) => {
      assertTensors(file, expected);
      assert.equal(file.values.get('epoch'), 2);
      assert.equal(file.values.get('val_result'), null);
      const scheduler = file.values.get('scheduler');
      assert.ok(scheduler instanceof Map);
      const successor = scheduler.get('successor');
      assert.ok(successor instanceof Placeholder);
      assert.equal(successor.className, 'torch.optim.lr_scheduler.CosineAnnealingLR');
      assert.deepEqual(scheduler.get('milestones'), new Map([30, 40].map((epoch) => [epoch, 1])));
    });
  });

  it('refuses by its class what a wanted tensor depends on', async () => {
    await refused(
      fixture('torch/whole-module.pt'),
      'TORCH_UNKNOWN_CLASS',
      /torch\.nn\.modules\.linear\.Linear/,
    );
    await refused(
      fixture('torch/complex.pt'),
      'TORCH_UNKNOWN_CLASS',
      /"rotation".*[\s\S]*torch\.ComplexFloatStorage/,
    );
  });

  it('refuses the forms before PyTorch 1.6 and says what to do', async () => {
    await refused(fixture('torch/legacy.pt'), 'TORCH_LEGACY', /torch\.save its state dict again/);
  });

  it('refuses what is no file of PyTorch', async () => {
    await refused(fixture('checkpoints/vit.openai.safetensors'), 'TORCH_DAMAGED', /a file of torch\.save/);
    await refused(join(folder, 'absent.pt'), 'FILE_UNREADABLE', /no such file/);
    await refused(folder, 'FILE_UNREADABLE', /no regular file/);
    const empty = join(folder, 'empty.pt');
    writeFileSync(empty, '');
    await refused(empty, 'TORCH_DAMAGED', /something else/);
  });

  it('finds a changed byte in a tensor by its checksum', async () => {
    const damaged = join(folder, 'damaged.pt');
    const bytes = readFileSync(fixture('torch/model.pth.tar-2'));
    const ctx = readSafetensors(fixture('torch/model.pth.tar-2.expected.safetensors')).tensors.get('ctx')!;
    const at = bytes.indexOf(bytesOf(ctx));
    bytes[at + 100]! ^= 1;
    writeFileSync(damaged, bytes);
    await opened(damaged, (file) => {
      assert.throws(() => file.read('ctx'), {
        code: 'TORCH_DAMAGED',
        message: /tensor "ctx"[\s\S]*checksum/,
      });
      assert.equal(file.read('token_prefix').dtype, 'F16');
    });
  });

  it('names near names for a tensor that is not there', async () => {
    await opened(fixture('torch/model.pth.tar-2'), (file) => {
      assert.throws(() => file.read('token_prefx'), { code: 'TENSOR_MISSING', message: /token_prefix/ });
    });
  });

  it('reads nothing once closed, and closes twice without harm', async () => {
    const file = await openTorchFile(fixture('torch/model.pth.tar-2'));
    file.close();
    file.close();
    assert.throws(() => file.read('ctx'), /internal: .* after it was closed/);
  });
});

describe('isTorchFile', () => {
  const start = (name: string) => readFileSync(fixture(name)).subarray(0, 512);
  const tar = Buffer.alloc(512);
  tar.write('sys_info', 0);
  tar.write('ustar', 257);

  it('tells zip, the old forms, and other formats', () => {
    assert.equal(isTorchFile(start('torch/views.pt')), 'zip');
    assert.equal(isTorchFile(start('torch/legacy.pt')), 'legacy');
    assert.equal(isTorchFile(tar), 'legacy');
    assert.equal(isTorchFile(start('checkpoints/vit.openai.safetensors')), null);
    assert.equal(isTorchFile(new Uint8Array(0)), null);
  });

  it('takes a safetensors header of 640 bytes for what it is, though it begins like a pickle', () => {
    assert.equal(isTorchFile(Buffer.from('8002000000000000', 'hex')), null);
    assert.equal(isTorchFile(Buffer.from('80027d71002858030000', 'hex')), 'legacy');
  });
});

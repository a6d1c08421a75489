import { PickleWriter, type WritableValue } from './pickle-writer.ts';
import { encodeZip } from './zip-writer.ts';

/**
 * A file as `torch.save` writes it, in memory: for small ones such as learned prompts.
 *
 * It loads in PyTorch 1.6 and later, with `weights_only` or without. A Map becomes an OrderedDict, an object a dict,
 * an array a list; whole numbers become ints, unless they are wrapped in `PythonFloat`.
 *
 * @param value CoOp's form of a learned prompt is
 *   `{ state_dict: new Map([['ctx', …], ['token_prefix', …], ['token_suffix', …]]), epoch, optimizer: null,
 *   scheduler: null, val_result: null }`, tensors float32 or float16.
 *
 * Source: PyTorch torch/serialization.py (`_save`) for names and versions of entries.
 */
export function encodeTorchFile(value: WritableValue): Uint8Array {
  const writer = new PickleWriter();
  const pickle = writer.encode(value);
  const text = (name: string, content: string) => ({ name: `archive/${name}`, bytes: Buffer.from(content) });
  return encodeZip([
    { name: 'archive/data.pkl', bytes: pickle },
    text('byteorder', 'little'),
    ...writer.storages.map((bytes, key) => ({ name: `archive/data/${key}`, bytes })),
    text('version', '3\n'),
  ]);
}

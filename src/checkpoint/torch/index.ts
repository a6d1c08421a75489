export { type PickleValue, Placeholder } from '../../pickle/index.ts';
export { encodeTorchFile } from './encode-torch-file.ts';
export { openTorchFile, type TorchFile } from './open-torch-file.ts';
export { PythonFloat, type WritableValue } from './pickle-writer.ts';
export { isTorchFile } from './sniff.ts';

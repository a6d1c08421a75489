import { UserError } from '../../config/index.ts';
import { PickleError, type PickleValue, readPickle as readAsData } from '../../pickle/index.ts';
import { damaged, tooLarge } from './errors.ts';
import { torchNames } from './torch-names.ts';

/**
 * Reads a pickle as PyTorch writes it, as data: tensors and storages are described, nothing is built or called.
 *
 * @param folder Folder of the archive that holds the storages it names.
 * @param where Names file and entry in errors.
 * @throws {UserError} PICKLE_REFUSED: an operation outside the list; TORCH_DAMAGED; TORCH_TOO_LARGE.
 */
export function readPickle(bytes: Uint8Array, folder: string, where: string): PickleValue {
  try {
    return readAsData(bytes, torchNames(folder));
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    const place = `${where}, ${error.place}`;
    if (error.code === 'DAMAGED') throw damaged(place, error.expected, error.found, error);
    if (error.code === 'TOO_LARGE') throw tooLarge(place, error.expected, error.found);
    throw new UserError('PICKLE_REFUSED', {
      where: place,
      expected: error.expected,
      found: error.found,
      hint: 'in PyTorch, load the file if you trust it, and save its state dict again with torch.save or as safetensors',
      cause: error,
    });
  }
}

import { UserError } from '../../config/index.ts';
import { damaged, tooLarge } from './errors.ts';
import { PickleMachine } from './pickle-machine.ts';
import { OPERATIONS, REFUSED_OPERATIONS } from './pickle-opcodes.ts';
import { PickleProblem, type PickleValue } from './pickle-values.ts';

const STOP = 0x2e;

/**
 * Reads a pickle as data, protocols 2 to 5 as PyTorch writes them.
 *
 * A closed list of operations, and a closed list of functions that this program answers itself; whatever else a
 * pickle names becomes a `Placeholder`. Nothing is imported, built or called. Time and memory stay in proportion to
 * the pickle's length: there is no recursion, and stack, memo, objects and copies are limited.
 *
 * @param folder Folder of the archive that holds the storages it names.
 * @param where Names file and entry in errors.
 * @throws {UserError} PICKLE_REFUSED: an operation outside the list; TORCH_DAMAGED; TORCH_TOO_LARGE.
 */
export function readPickle(bytes: Uint8Array, folder: string, where: string): PickleValue {
  const machine = new PickleMachine(bytes, folder);
  let start = 0;
  let name = 'start';
  try {
    for (;;) {
      start = machine.position;
      name = 'start of an operation';
      const code = machine.byte();
      if (code === STOP) return machine.result();
      const operation = OPERATIONS.get(code);
      if (operation === undefined) {
        const refused = REFUSED_OPERATIONS.get(code) ?? `0x${code.toString(16).padStart(2, '0')}`;
        throw new PickleProblem('PICKLE_REFUSED', 'operations as torch.save writes them', refused);
      }
      name = operation.name;
      operation.run(machine);
    }
  } catch (error) {
    if (!(error instanceof PickleProblem)) throw error;
    const place = `${where}, byte ${start} (${name})`;
    if (error.code === 'TORCH_DAMAGED') throw damaged(place, error.expected, error.found, error);
    if (error.code === 'TORCH_TOO_LARGE') throw tooLarge(place, error.expected, error.found);
    throw new UserError('PICKLE_REFUSED', {
      where: place,
      expected: error.expected,
      found: error.found,
      hint: 'in PyTorch, load the file if you trust it, and save its state dict again with torch.save or as safetensors',
      cause: error,
    });
  }
}

import { UserError } from '../../config/index.ts';

/** Text of a foreign file in a message: quoted, and short whatever stands there. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** `TORCH_DAMAGED`: the file contradicts itself, or ends early. */
export function damaged(where: string, expected: string, found: string, cause?: unknown): UserError {
  return new UserError('TORCH_DAMAGED', {
    where,
    expected,
    found,
    hint: 'the file is cut off, damaged or of another format; fetch or write it again',
    cause,
  });
}

/** `TORCH_TOO_LARGE`: more of something than any checkpoint has, refused before memory is taken for it. */
export function tooLarge(where: string, expected: string, found: string): UserError {
  return new UserError('TORCH_TOO_LARGE', {
    where,
    expected,
    found,
    hint: 'no checkpoint of a model needs that much; do not trust this file',
  });
}

/** `TORCH_UNKNOWN_CLASS`: something wanted depends on a class that this program does not read. */
export function unknownClass(where: string, className: string): UserError {
  return new UserError('TORCH_UNKNOWN_CLASS', {
    where,
    expected: 'plain tensors: nothing else is built or called from a checkpoint',
    found: `an object of ${shown(className)}`,
    hint: 'in PyTorch, save model.state_dict() alone, with tensors of ordinary types, or convert it to safetensors',
  });
}

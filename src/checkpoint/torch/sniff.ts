/** What a file of PyTorch begins like: a zip since 1.6; before that a stream of pickles, and a tar before 0.2. */
export type TorchKind = 'zip' | 'legacy';

/** The number that a stream of `torch.save` before 1.6 begins with, as a pickle holds it: ten bytes, little-endian. */
const LEGACY_MAGIC = Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex');
const TAR_MAGIC_OFFSET = 257;

/**
 * Tells a file of PyTorch by its first bytes.
 *
 * A bare pickle counts as legacy, unless its bytes could be the length of a safetensors header. A zip or tar of
 * something else is not told apart here; the reader says what it lacks.
 *
 * @param start The file's first bytes; 512 are enough.
 * @returns null for any other format.
 */
export function isTorchFile(start: Uint8Array): TorchKind | null {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0x504b0304) return 'zip';
  if (bytes.toString('latin1', TAR_MAGIC_OFFSET, TAR_MAGIC_OFFSET + 5) === 'ustar') return 'legacy';
  if (bytes.length < 8 || bytes[0] !== 0x80 || bytes[1]! > 5) return null;
  if (bytes.subarray(0, 32).includes(LEGACY_MAGIC)) return 'legacy';
  // As a header's length the eight bytes would be 2^40 or more: no safetensors file.
  return bytes[5]! !== 0 || bytes[6]! !== 0 || bytes[7]! !== 0 ? 'legacy' : null;
}

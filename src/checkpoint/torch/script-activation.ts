import type { PickleValue } from '../../pickle/index.ts';
import { elementCount, toFloat32 } from '../safetensors-dtype.ts';
import { TorchTensor } from './torch-values.ts';

/** Factor of QuickGELU, x · σ(1.702 x). Source: openai/CLIP clip/model.py. */
const QUICK_GELU_FACTOR = 1.702;
/** Half precision holds the factor as 1.7021. */
const TOLERANCE = 1e-3;
const MOST_CONSTANTS = 10_000;

const isFactor = (value: number): boolean => Math.abs(value - QUICK_GELU_FACTOR) < TOLERANCE;

/**
 * Which activation a TorchScript archive computes, told by its code and its constants.
 *
 * @param code Sources of the archive's modules.
 * @param constants What its `constants.pkl` holds; an array where the archive is whole.
 * @param read Reads a constant that is a tensor, or gives null where it cannot.
 * @returns null unless it is certain.
 */
export function scriptActivation(
  code: readonly string[],
  constants: PickleValue,
  read: (tensor: TorchTensor) => Parameters<typeof toFloat32>[0] | null,
): 'quickgelu' | 'gelu' | null {
  const holdsFactor = (value: PickleValue): boolean => {
    if (typeof value === 'number') return isFactor(value);
    if (!(value instanceof TorchTensor) || elementCount(value.shape) !== 1) return false;
    const tensor = read(value);
    return tensor !== null && isFactor(toFloat32(tensor)[0]!);
  };
  const quick =
    code.some((text) => [...text.matchAll(/\b1\.70\d*/g)].some(([digits]) => isFactor(Number(digits)))) ||
    (Array.isArray(constants) && constants.slice(0, MOST_CONSTANTS).some(holdsFactor));
  const exact = code.some((text) => /\btorch\.gelu\(/.test(text));
  if (quick === exact) return null;
  return quick ? 'quickgelu' : 'gelu';
}

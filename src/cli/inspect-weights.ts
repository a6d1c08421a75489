import { statSync } from 'node:fs';
import {
  elementCount,
  type ModelFacts,
  type NamingScheme,
  openTensors,
  openWeights,
  PUBLISHED_MODELS,
  type StateDict,
  type TensorFile,
  toFloat32,
  weightsFile,
  weightsSha256,
} from '../checkpoint/index.ts';
import { type ClipArchitecture, readArchitecture } from '../clip/index.ts';
import { UserError } from '../config/index.ts';
import { clipTensorShapes } from './clip-tensors.ts';

/** Something that no sound checkpoint has. */
export interface Oddity {
  readonly kind: 'unreadable' | 'not-finite' | 'missing' | 'unexpected' | 'misshapen' | 'no-clip';
  /** The file's own name of a tensor, or OpenAI's for one that is not there; null: the file as a whole. */
  readonly tensor: string | null;
  readonly message: string;
}

/** A tensor as the file has it. */
export interface InspectedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Elements; null where the tensor cannot be read or has whole numbers. */
  readonly nan: number | null;
  readonly infinite: number | null;
}

/** All that a checkpoint tells of itself. Null: it cannot be told. */
export interface Inspection {
  readonly path: string;
  readonly files: readonly string[];
  readonly bytes: number;
  /** Of the weights' files; see `weightsSha256`. */
  readonly sha256: string;
  /** Name of the published model that has exactly these bytes. */
  readonly published: string | null;
  readonly format: string | null;
  /** Whose tensor names the file has. */
  readonly names: NamingScheme | null;
  readonly architecture: ClipArchitecture | null;
  /** Trainable numbers of the model, which the statistics of batch normalisations are not. */
  readonly parameters: number | null;
  /** Number of tensors by element type. */
  readonly dtypes: Readonly<Record<string, number>>;
  readonly facts: ModelFacts | null;
  readonly tensors: readonly InspectedTensor[];
  /** The file's names of tensors that no feature depends on. */
  readonly unused: readonly string[];
  readonly odd: readonly Oddity[];
}

const FLOATS = new Set(['F64', 'F32', 'F16', 'BF16']);

const words = (error: UserError): string => error.message.replaceAll(/\n\s*/g, '; ').replaceAll(/ +/g, ' ');

/**
 * Looks at everything in a checkpoint, and goes on where something is wrong with it. Tensors are read one by one.
 *
 * @param path A file, or a folder of weights and configuration.
 * @throws {UserError} FILE_UNREADABLE, NO_WEIGHTS: there is nothing to look at.
 */
export async function inspectWeights(path: string): Promise<Inspection> {
  const odd: Oddity[] = [];
  let file: TensorFile;
  try {
    file = await openTensors(path);
  } catch (error) {
    // What is damaged is still a file; what is not there is none.
    if (!(error instanceof UserError) || ['FILE_UNREADABLE', 'NO_WEIGHTS'].includes(error.code)) throw error;
    odd.push({ kind: 'unreadable', tensor: null, message: words(error) });
    return inspectionOf(path, null, [], await namedParts(null, path, odd), odd);
  }
  try {
    const tensors = [...file.entries.keys()].map((name) => inspectTensor(file, name, odd));
    return await inspectionOf(path, file, tensors, await namedParts(file, path, odd), odd);
  } finally {
    file.close();
  }
}

function inspectTensor(file: TensorFile, name: string, odd: Oddity[]): InspectedTensor {
  const { dtype, shape } = file.entries.get(name)!;
  if (!FLOATS.has(dtype)) return { name, dtype, shape, nan: null, infinite: null };
  let [nan, infinite] = [0, 0];
  try {
    for (const value of toFloat32(file.read(name))) {
      if (Number.isNaN(value)) nan++;
      else if (!Number.isFinite(value)) infinite++;
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    odd.push({ kind: 'unreadable', tensor: name, message: words(error) });
    return { name, dtype, shape, nan: null, infinite: null };
  }
  if (nan + infinite > 0) {
    const message = `of ${elementCount(shape)} numbers, ${nan} NaN and ${infinite} infinite`;
    odd.push({ kind: 'not-finite', tensor: name, message });
  }
  return { name, dtype, shape, nan, infinite };
}

type NamedParts = Pick<Inspection, 'names' | 'architecture' | 'parameters' | 'facts' | 'unused'>;

/** What is known once the tensors have CLIP's names; oddities on the way there. */
async function namedParts(file: TensorFile | null, path: string, odd: Oddity[]): Promise<NamedParts> {
  const unknown = { names: null, architecture: null, parameters: null, facts: null, unused: [] };
  if (file === null) return unknown;
  try {
    const { weights, facts, scheme, ignored, file: second } = await openWeights(path);
    second.close();
    const known = { ...unknown, names: scheme, facts, unused: ignored };
    try {
      const architecture = readArchitecture(weights, facts);
      const parameters = compareTensors(weights, architecture, odd);
      return { ...known, architecture, parameters };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      odd.push({ kind: 'no-clip', tensor: null, message: words(error) });
      return known;
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const kind = error.code === 'CHECKPOINT_UNKNOWN_TENSOR' ? 'unexpected' : 'no-clip';
    odd.push({ kind, tensor: null, message: words(error) });
    return unknown;
  }
}

/** Compares the tensors that are there with those that the sizes ask for. @returns Parameters the sizes ask for. */
function compareTensors(weights: StateDict, architecture: ClipArchitecture, odd: Oddity[]): number {
  const expected = clipTensorShapes(architecture);
  let parameters = 0;
  for (const [name, shape] of Object.entries(expected)) {
    if (!/\.running_(?:mean|var)$/.test(name)) parameters += elementCount(shape);
    const message = tensorProblem(weights, name, shape);
    if (message === null) continue;
    odd.push({ kind: weights.names.has(name) ? 'misshapen' : 'missing', tensor: name, message });
  }
  for (const name of weights.names) {
    if (Object.hasOwn(expected, name)) continue;
    const message = 'the model as its other tensors describe it has no such tensor';
    odd.push({ kind: 'unexpected', tensor: name, message });
  }
  return parameters;
}

function tensorProblem(weights: StateDict, name: string, shape: readonly number[]): string | null {
  const wanted = `[${shape.join(', ')}]`;
  if (!weights.names.has(name)) return `should be there, ${wanted}`;
  try {
    const found = weights.shapeOf(name);
    // A scalar may be kept as a list of one.
    if (found.join() === shape.join() || (shape.length === 0 && found.join() === '1')) return null;
    return `should be ${wanted}, is [${found.join(', ')}]`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return words(error);
  }
}

async function inspectionOf(
  path: string,
  file: TensorFile | null,
  tensors: readonly InspectedTensor[],
  named: NamedParts,
  odd: readonly Oddity[],
): Promise<Inspection> {
  const files = file?.files ?? [weightsFile(path)];
  const sha256 = await weightsSha256(files);
  const dtypes: Record<string, number> = {};
  for (const { dtype } of tensors) dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
  return {
    path,
    files,
    bytes: files.reduce((sum, name) => sum + statSync(name).size, 0),
    sha256,
    published:
      PUBLISHED_MODELS.find((model) => model.publisher === 'openai' && model.sha256 === sha256)?.name ?? null,
    format: file?.format ?? null,
    dtypes,
    tensors,
    ...named,
    odd,
  };
}

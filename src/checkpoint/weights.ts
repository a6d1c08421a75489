import { UserError } from '../config/index.ts';
import { huggingFaceRole, type TensorRecipe } from './hugging-face-names.ts';
import { OPENAI_PARTS, openaiRole } from './openai-names.ts';
import { toFloat32 } from './safetensors-dtype.ts';
import { missingTensor, type StateDict, type WeightTensor } from './state-dict.ts';
import type { TensorFile } from './tensor-file.ts';

/** Whose tensor names a file has. */
export type NamingScheme = 'openai' | 'huggingface';

/** A file's tensors under OpenAI's names. */
export interface NamedWeights {
  readonly scheme: NamingScheme;
  readonly weights: StateDict;
  /** The file's own names of tensors that no feature depends on, beyond those that CLIP's files usually hold. */
  readonly ignored: readonly string[];
}

function checkFinite(source: string, name: string, data: Float32Array): void {
  // A plain loop over what may be a hundred million numbers: x - x is 0 but for NaN and the infinities.
  let bad = 0;
  while (bad < data.length && data[bad]! - data[bad]! === 0) bad++;
  if (bad === data.length) return;
  throw new UserError('CHECKPOINT_NOT_FINITE', {
    where: `checkpoint ${source}: tensor ${name}`,
    expected: 'finite weights',
    found: `${data[bad]} at element ${bad}`,
    hint: 'the file is damaged, or the training it came from diverged',
  });
}

/** [R, C] -> [C, R] */
function turned({ shape, data }: WeightTensor): WeightTensor {
  const [rows, columns] = shape as [number, number];
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[column * rows + row] = data[row * columns + column]!;
    }
  }
  return { shape: [columns, rows], data: out };
}

function stacked(parts: readonly WeightTensor[]): WeightTensor {
  const [first] = parts as [WeightTensor];
  if (parts.length === 1) return first;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  return { shape: [rows, ...first.shape.slice(1)], data };
}

function misshapen(source: string, name: string, expected: string, shape: readonly number[]): UserError {
  return new UserError('CHECKPOINT_SHAPE', {
    where: `checkpoint ${source}: tensor ${name}`,
    expected,
    found: `[${shape.join(', ')}]`,
    hint: 'the tensors of this file do not belong to one CLIP model',
  });
}

/** Checks what a recipe needs of its parts and gives the shape of what it makes. */
function recipeShape(file: TensorFile, { parts, transposed }: TensorRecipe): readonly number[] {
  const shapes = parts.map((part) => {
    const entry = file.entries.get(part);
    if (entry === undefined) throw missingTensor(file.path, part, file.entries.keys());
    return entry.shape;
  });
  const [first] = shapes as [readonly number[]];
  if (transposed) {
    if (first.length !== 2) throw misshapen(file.path, parts[0]!, '2 axes', first);
    return [first[1]!, first[0]!];
  }
  if (parts.length === 1) return first;
  for (const [i, shape] of shapes.entries()) {
    const fits =
      shape.length > 0 && shape.length === first.length && shape.slice(1).join() === first.slice(1).join();
    if (!fits) throw misshapen(file.path, parts[i]!, `sizes that stack on [${first.join(', ')}]`, shape);
  }
  return [shapes.reduce((sum, shape) => sum + shape[0]!, 0), ...first.slice(1)];
}

function stateDict(file: TensorFile, recipes: ReadonlyMap<string, TensorRecipe>): StateDict {
  const names = new Set(recipes.keys());
  const recipeOf = (name: string): TensorRecipe => {
    const recipe = recipes.get(name);
    if (recipe === undefined) throw missingTensor(file.path, name, names);
    return recipe;
  };
  return {
    source: file.path,
    names,
    shapeOf: (name) => recipeShape(file, recipeOf(name)),
    tensor: (name) => {
      const recipe = recipeOf(name);
      recipeShape(file, recipe);
      const parts = recipe.parts.map((part) => {
        const stored = file.read(part);
        const data = toFloat32(stored);
        checkFinite(file.path, part, data);
        return { shape: stored.shape, data };
      });
      const whole = stacked(parts);
      return recipe.transposed ? turned(whole) : whole;
    },
  };
}

function unknownTensors(source: string, names: readonly string[]): UserError {
  const shown = names.slice(0, 6).join(', ');
  return new UserError('CHECKPOINT_UNKNOWN_TENSOR', {
    where: `checkpoint ${source}`,
    expected: "a CLIP with OpenAI's towers: ViT or ModifiedResNet, and a causal text transformer",
    found: `${names.length} tensors within the towers that such a model does not have: ${shown}${names.length > 6 ? ', …' : ''}`,
    hint: 'its features would be wrong if they were left out; this architecture is not supported',
  });
}

/** Text towers that open_clip keeps apart (CustomTextCLIP) have OpenAI's names behind `text.`. */
function withoutTextPrefix(names: readonly string[]): (name: string) => string {
  const apart = names.includes('text.token_embedding.weight') && !names.includes('token_embedding.weight');
  return apart ? (name) => name.replace(/^text\./, '') : (name) => name;
}

/**
 * Finds CLIP's tensors in a file under OpenAI's, open_clip's or Hugging Face's names.
 *
 * Nothing is read; a tensor is read, widened to float32 and checked for NaN when it is asked for.
 *
 * @throws {UserError} CHECKPOINT_UNKNOWN_TENSOR: the towers hold tensors that this program would leave out.
 */
export function nameWeights(file: TensorFile): NamedWeights {
  const names = [...file.entries.keys()];
  const recipes = new Map<string, TensorRecipe>();
  const ignored: string[] = [];
  const foreign: string[] = [];
  const isHuggingFace = names.some((name) => /^(?:text|vision)_model\./.test(name));
  if (isHuggingFace) {
    for (const name of names) {
      const role = huggingFaceRole(name);
      if (role === 'harmless') continue;
      if (role !== null) recipes.set(role.name, role.recipe);
      else if (/^(?:text|vision)_model\./.test(name)) foreign.push(name);
      else ignored.push(name);
    }
  } else {
    const rename = withoutTextPrefix(names);
    for (const name of names) {
      const openai = rename(name);
      const role = openaiRole(openai);
      if (role === 'harmless') continue;
      if (role === 'used') recipes.set(openai, { parts: [name], transposed: false });
      else if (OPENAI_PARTS.test(openai) || name.startsWith('text.')) foreign.push(name);
      else ignored.push(name);
    }
  }
  if (foreign.length > 0) throw unknownTensors(file.path, foreign);
  return { scheme: isHuggingFace ? 'huggingface' : 'openai', weights: stateDict(file, recipes), ignored };
}

import { type StoredTensor, type TensorFile, toFloat32 } from '../checkpoint/index.ts';
import { coopPrompts, type Tokenizer } from '../clip/index.ts';
import { UserError } from '../config/index.ts';
import type { FixedTokens, LearnedPrompt } from './learned-prompt.ts';

// CoOp keeps a prompt as three tensors: `ctx` [M, W] or [K, M, W], `token_prefix` [K, 1, W] (start of text) and
// `token_suffix` [K, L − 1 − M, W] (class name, ".", end of text, padding), whatever the position of the class name.
// Source: trainers/coop.py of KaiyangZhou/CoOp [ff61507]. Its loader drops the last two and makes them anew.
const KNOWN = ['ctx', 'token_prefix', 'token_suffix'];

/** A token vector at its place: rows of [K, n, W] that must be float and finite. */
function readRows(
  file: TensorFile,
  name: string,
  width: number,
): { data: Float32Array; shape: readonly number[] } {
  const stored = file.read(name);
  const where = `prompt ${file.path}: tensor "${name}"`;
  const { shape } = stored;
  if (shape.length !== 3 || shape[2] !== width || shape.includes(0)) {
    throw new UserError('PROMPT_SHAPE', {
      where,
      expected: `[K, n, ${width}], ${width} being the width of ctx`,
      found: `[${shape.join(', ')}]`,
    });
  }
  return { data: toFloat32(stored), shape };
}

/**
 * Reads the fixed token embeddings of a prompt in CoOp's form.
 * @param classes K of a class-specific context, else null.
 * @returns null where the file has no `token_suffix`.
 * @throws {UserError} PROMPT_SHAPE; OTHER_PROMPT_METHOD: the file holds parts that CoOp's prompts do not have.
 */
export function readFixedTokens(file: TensorFile, width: number, classes: number | null): FixedTokens | null {
  const foreign = [...file.entries.keys()].filter((name) => !KNOWN.includes(name));
  if (foreign.length > 0) {
    throw new UserError('OTHER_PROMPT_METHOD', {
      where: `prompt ${file.path}`,
      expected: `CoOp's tensors: ${KNOWN.join(', ')}`,
      found: `others besides: ${foreign.slice(0, 6).join(', ')}${foreign.length > 6 ? ', …' : ''}`,
      hint: 'prompts of other methods (CoCoOp and the like) need more than a context and cannot be used here',
    });
  }
  if (!file.entries.has('token_suffix')) return null;
  const { data: suffix, shape } = readRows(file, 'token_suffix', width);
  const [classCount, length] = shape as [number, number, number];
  const refuse = (name: string, expected: string, found: string): never => {
    throw new UserError('PROMPT_SHAPE', { where: `prompt ${file.path}: tensor "${name}"`, expected, found });
  };
  if (classes !== null && classes !== classCount) {
    refuse('token_suffix', `${classes} classes, as ctx has`, `${classCount} classes`);
  }
  if (!file.entries.has('token_prefix')) return { prefix: null, suffix, classCount, length };
  const prefix = readRows(file, 'token_prefix', width);
  if (prefix.shape[0] !== classCount || prefix.shape[1] !== 1) {
    refuse('token_prefix', `[${classCount}, 1, ${width}]`, `[${prefix.shape.join(', ')}]`);
  }
  return { prefix: prefix.data, suffix, classCount, length };
}

/**
 * A prompt's tensors as CoOp's own code saves them.
 *
 * @param prompt Context [M, W] or [K, M, W].
 * @param classNames K names. @param embeddings [V, W], the token embedding. @param contextLength L.
 * @returns `ctx` as it is, `token_prefix` [K, 1, W], `token_suffix` [K, L − 1 − M, W]; float32.
 * @throws {UserError} PROMPT_TOO_LONG
 */
export function coopFormTensors(
  { context, nCtx, width }: Pick<LearnedPrompt, 'context' | 'nCtx' | 'width'>,
  classNames: readonly string[],
  tokenizer: Tokenizer,
  embeddings: Float32Array,
  contextLength: number,
): ReadonlyMap<string, StoredTensor> {
  const length = contextLength - 1 - nCtx;
  // At the end the tokens behind the context stand together; CoOp keeps them so for every position.
  const prompts = coopPrompts(tokenizer, classNames, { nCtx, position: 'end', contextLength });
  const prefix = new Float32Array(classNames.length * width);
  const suffix = new Float32Array(classNames.length * length * width);
  const rowOf = (id: number) => embeddings.subarray(id * width, (id + 1) * width);
  prompts.forEach((prompt, k) => {
    prefix.set(rowOf(tokenizer.sot), k * width);
    const ids = prompt.slice(nCtx);
    // CLIP pads with token 0, whose embedding stands there like any other.
    for (let place = 0; place < length; place++)
      suffix.set(rowOf(ids[place] ?? 0), (k * length + place) * width);
  });
  const tensor = (shape: readonly number[], data: Float32Array): StoredTensor => ({
    dtype: 'F32',
    shape,
    data,
  });
  return new Map([
    ['ctx', tensor(context.shape, context.data)],
    ['token_prefix', tensor([classNames.length, 1, width], prefix)],
    ['token_suffix', tensor([classNames.length, length, width], suffix)],
  ]);
}

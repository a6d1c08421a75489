import { openTensors, type TensorFile, toFloat32 } from '../checkpoint/index.ts';
import { UserError } from '../config/index.ts';
import { readFixedTokens } from './coop-prompt-form.ts';
import type { LearnedContext, LearnedPrompt } from './learned-prompt.ts';
import { isOwnForm, readOwnForm } from './own-prompt-form.ts';

/** The context, checked: [M, W] or [K, M, W], floating point, finite. */
function readContext(file: TensorFile): LearnedContext {
  const stored = file.read('ctx');
  const where = `prompt ${file.path}: tensor "ctx"`;
  const { dtype, shape } = stored;
  if (!['F32', 'F16', 'BF16', 'F64'].includes(dtype)) {
    throw new UserError('PROMPT_SHAPE', { where, expected: 'a floating-point tensor', found: dtype });
  }
  if (![2, 3].includes(shape.length) || shape.includes(0)) {
    throw new UserError('PROMPT_SHAPE', {
      where,
      expected: '[M, W], or [K, M, W] if class-specific, no size 0',
      found: `[${shape.join(', ')}]`,
    });
  }
  const data = toFloat32(stored);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return { data, shape };
  throw new UserError('PROMPT_NOT_FINITE', {
    where,
    expected: 'finite numbers',
    found: `${data[bad]} at element ${bad}`,
    hint: 'the training it came from diverged, or the file is damaged',
  });
}

/** The form of CoOp's own `prompt_learner/model.pth.tar-N`. */
function fromCoOpForm(file: TensorFile, context: LearnedContext): LearnedPrompt {
  const [width, nCtx] = [context.shape.at(-1)!, context.shape.at(-2)!];
  const csc = context.shape.length === 3;
  return {
    path: file.path,
    form: `CoOp's (${file.format})`,
    context,
    nCtx,
    width,
    csc,
    position: null,
    classNames: null,
    backbone: null,
    origin: null,
    fixedTokens: readFixedTokens(file, width, csc ? context.shape[0]! : null),
  };
}

/** What stands in a file that is no prompt, for the message. */
function contentsOf({ entries }: TensorFile): string {
  if (entries.has('text_projection') || entries.has('token_embedding.weight')) return 'a CLIP checkpoint';
  const names = [...entries.keys()];
  if (names.length === 0) return 'no tensors';
  return `tensors ${names.slice(0, 6).join(', ')}${names.length > 6 ? ', …' : ''}`;
}

/**
 * Reads a learned prompt: a file that a grid of this program wrote, or one in the form of CoOp's own.
 *
 * @throws {UserError} FILE_UNREADABLE; NOT_A_PROMPT; PROMPT_DAMAGED, PROMPT_VERSION, PROMPT_SHAPE,
 *   PROMPT_NOT_FINITE; OTHER_PROMPT_METHOD; and the codes of the formats' readers.
 */
export async function readPrompt(path: string): Promise<LearnedPrompt> {
  const file = await openTensors(path);
  try {
    const own = isOwnForm(file);
    if (!file.entries.has('ctx')) {
      throw new UserError('NOT_A_PROMPT', {
        where: `prompt ${path}`,
        expected: 'a file with a learned context: tensor "ctx"',
        found: contentsOf(file),
        hint: own
          ? 'the file is damaged: remove its record and run the grid again'
          : "give a grid's <out>/prompts/<key>.safetensors, or CoOp's prompt_learner/model.pth.tar-N",
      });
    }
    const context = readContext(file);
    return own ? readOwnForm(file, context) : fromCoOpForm(file, context);
  } finally {
    file.close();
  }
}

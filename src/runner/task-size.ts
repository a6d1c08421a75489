import type { TextArchitecture, Tokenizer } from '../clip/index.ts';
import type { Dataset, FewShotDraw } from '../data/index.ts';
import type { TaskSize } from '../methods/index.ts';

/** Sizes of a model that work is counted from. Plain data. */
export interface ModelSize {
  readonly text: TextArchitecture;
  /** E */
  readonly embedDim: number;
  /** Floating-point operations of one picture's way through the image tower. */
  readonly pictureFlops: number;
}

/** What the work of a cell is counted from. */
export function taskSize(
  model: ModelSize,
  tokenizer: Tokenizer,
  { classNames }: Pick<Dataset, 'classNames'>,
  draw: {
    readonly train: Pick<FewShotDraw['train'], 'length'>;
    readonly val: Pick<FewShotDraw['val'], 'length'>;
  },
): TaskSize {
  return { ...model, tokenizer, classNames, train: draw.train.length, val: draw.val.length };
}

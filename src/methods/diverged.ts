import { UserError } from '../config/index.ts';

/**
 * The error of numbers that are none: every later step and score would be without meaning.
 * @param where e.g. `CoOp's training, loss of epoch 3, step 1`
 */
export function diverged(where: string, found: number): UserError {
  return new UserError('TRAINING_DIVERGED', {
    where,
    expected: 'finite numbers',
    found: String(found),
    hint: "a smaller learning rate, as METHOD:lr=RATE; or check the checkpoint's weights, logit_scale above all",
  });
}

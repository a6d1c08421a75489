import { gradients } from '../autodiff/index.ts';
import { withTensors } from '../checkpoint/index.ts';
import { type Node, numel, topologicalOrder } from '../ir/index.ts';
import type { Engine } from '../runtime/index.ts';
import { countCorrect } from './choose-rate.ts';
import { type ImageTuningSpec, imageLoss } from './image-tuning-graph.ts';
import { argmaxRows } from './linear-classifier.ts';
import { SgdProgram, type SgdState, type StepSettings, startState } from './sgd-program.ts';
import type { BatchOutcome } from './train-loop.ts';

/** Bytes of activations that one run may keep for its way back, about. */
const ACTIVATION_LIMIT = 1.2e9;

/** Bytes of one picture's activations that are kept until its gradient's way back asks for them. */
function activationBytes(model: ImageTuningSpec['model']): number {
  const { loss, weights } = imageLoss({ model, logitScale: 1, classCount: 1, rows: 1 });
  const there = topologicalOrder([loss]);
  const back = topologicalOrder(gradients(loss, weights));
  const forward = new Set(there);
  const ofPicture = new Set<Node>();
  for (const node of there) {
    const isPicture = node.op === 'input' && node.attributes.name === 'image';
    if (isPicture || node.inputs.some((operand) => ofPicture.has(operand))) ofPicture.add(node);
  }
  const kept = new Set<Node>();
  for (const node of back) {
    if (forward.has(node)) continue;
    for (const operand of node.inputs) if (ofPicture.has(operand)) kept.add(withoutViews(operand));
  }
  return [...kept].reduce((bytes, { shape }) => bytes + 4 * numel(shape), 0);
}

function withoutViews(node: Node): Node {
  let source = node;
  while (source.op === 'reshape') source = source.inputs[0]!;
  return source;
}

/**
 * Pictures of one run, so that memory stays within bounds: a batch is cut into parts as equal as can be. A function of
 * the task alone, so results repeat.
 */
export function rowsFor(model: ImageTuningSpec['model'], batchSize: number): number {
  const most = Math.max(1, Math.floor(ACTIVATION_LIMIT / activationBytes(model)));
  const parts = Math.ceil(batchSize / most);
  return Math.ceil(batchSize / parts);
}

/** Labelled pictures of one step. */
export interface PictureBatch {
  /** [B, 3, R, R], normalised. */
  readonly images: Float32Array;
  /** [B] */
  readonly labels: Int32Array;
}

/** Fine-tunes an image tower: SGD on all its weights, batch normalisation's statistics frozen. */
export class ImageTuner {
  readonly #program: SgdProgram;
  readonly #spec: ImageTuningSpec;
  readonly #names: readonly string[];

  private constructor(program: SgdProgram, spec: ImageTuningSpec, names: readonly string[]) {
    this.#program = program;
    this.#spec = spec;
    this.#names = names;
  }

  /** @param spec.rows b: see `rowsFor`; any number gives the same values within rounding. */
  static async compile(engine: Engine, spec: ImageTuningSpec): Promise<ImageTuner> {
    const { weights, ...objective } = imageLoss(spec);
    const program = await SgdProgram.compile(engine, objective, weights);
    return new ImageTuner(
      program,
      spec,
      weights.map(({ attributes }) => attributes.name),
    );
  }

  /** The checkpoint's weights, by their names in it. */
  start(): SgdState {
    const { weights } = this.#spec.model;
    return startState(Object.fromEntries(this.#names.map((name) => [name, weights.tensor(name).data])));
  }

  /**
   * One step on B pictures; `state` moves on to new arrays.
   *
   * Of more than b pictures the gradients are summed part by part in the velocities: the first part decays them, the
   * others add, and the weights move with the last.
   *
   * @param textFeatures [K, E], of any length.
   * @returns The mean cross-entropy and the right answers before the step.
   */
  async step(
    state: SgdState,
    textFeatures: Float32Array,
    { images, labels }: PictureBatch,
    { rate, momentum, weightDecay }: StepSettings,
  ): Promise<BatchOutcome> {
    const { rows, classCount } = this.#spec;
    const pixels = images.length / labels.length;
    let [loss, correct] = [0, 0];
    for (let start = 0; start < labels.length; start += rows) {
      const end = Math.min(start + rows, labels.length);
      const [first, last] = [start === 0, end === labels.length];
      const part = await this.#program.step(
        state,
        {
          image: filled(images.subarray(start * pixels, end * pixels), rows * pixels),
          labels: filled(labels.subarray(start, end), rows),
          row_weights: new Float32Array(rows).fill(1 / labels.length, 0, end - start),
          text_features: textFeatures,
        },
        {
          rate: last ? rate : 0,
          momentum: first ? momentum : 1,
          weightDecay: first ? weightDecay : 0,
        },
      );
      const predicted = argmaxRows(part.logits.subarray(0, (end - start) * classCount), classCount);
      loss += part.loss;
      correct += countCorrect(predicted, labels.subarray(start, end));
    }
    return { loss, correct };
  }

  /** The checkpoint with the weights of a state, to be encoded with as any other. */
  tuned({ params }: SgdState): ImageTuningSpec['model'] {
    const { model } = this.#spec;
    return { ...model, weights: withTensors(model.weights, params) };
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}

/** The values, and the first of them over again until there are `length`: what weighs nothing must be a picture. */
function filled<T extends Float32Array | Int32Array>(values: T, length: number): T {
  if (values.length === length) return values;
  const out = new (values.constructor as new (length: number) => T)(length);
  for (let at = 0; at < length; at += values.length) out.set(values.subarray(0, length - at) as never, at);
  return out;
}

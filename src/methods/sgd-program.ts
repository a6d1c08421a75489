import { gradients } from '../autodiff/index.ts';
import type { Graph, Node, NodeOf } from '../ir/index.ts';
import * as ir from '../ir/index.ts';
import type { Engine, Executable, Feeds } from '../runtime/index.ts';

/** What is trained, and its momentum: by the parameters' names. */
export interface SgdState {
  readonly params: Record<string, Float32Array>;
  readonly velocities: Record<string, Float32Array>;
}

/** Settings of one step; see `Sgd` of src/train. */
export interface StepSettings {
  /** η */
  readonly rate: number;
  /** μ */
  readonly momentum: number;
  /** λ */
  readonly weightDecay: number;
}

/** What is minimised, and what it is made from. */
export interface Objective {
  /** Scalar. */
  readonly loss: Node;
  /** [B, K] */
  readonly logits: Node;
}

/** The state training starts from. @param params Belong to the state from here on. */
export function startState(params: Readonly<Record<string, Float32Array>>): SgdState {
  const entries = Object.entries(params);
  return {
    params: { ...params },
    velocities: Object.fromEntries(entries.map(([name, data]) => [name, new Float32Array(data.length)])),
  };
}

const velocityName = (param: string): string => `velocity/${param}`;

/**
 * One step of stochastic gradient descent with momentum within a graph: d = ∇ + λ·p, v ← μ·v + d, p ← p − η·v, as
 * PyTorch's SGD (dampening 0, no Nesterov); velocities start as zeros.
 *
 * Inputs: those of the loss, `velocity/<parameter>` for each, and the scalars `rate` η, `momentum` μ, `weight_decay` λ.
 * Outputs: `loss`, `logits`, and each parameter and velocity after the step, under their names as inputs.
 */
export function sgdStepGraph({ loss, logits }: Objective, params: readonly NodeOf<'input'>[]): Graph {
  const [rate, momentum, weightDecay] = ['rate', 'momentum', 'weight_decay'].map((name) =>
    ir.input(name, []),
  ) as [Node, Node, Node];
  const outputs: Record<string, Node> = { loss, logits };
  for (const [i, gradient] of gradients(loss, params).entries()) {
    const param = params[i]!;
    const { name } = param.attributes;
    const velocity = ir.input(velocityName(name), param.shape);
    const direction = ir.add(gradient, ir.mul(param, weightDecay));
    const next = ir.add(ir.mul(velocity, momentum), direction);
    outputs[velocityName(name)] = next;
    outputs[name] = ir.sub(param, ir.mul(next, rate));
  }
  return ir.makeGraph(outputs);
}

/** Steps of SGD on the inputs of a graph, compiled. */
export class SgdProgram {
  readonly #executable: Executable;
  readonly #params: readonly string[];

  private constructor(executable: Executable, params: readonly string[]) {
    this.#executable = executable;
    this.#params = params;
  }

  /** @param params Inputs of the graph that the loss depends on. */
  static async compile(
    engine: Engine,
    objective: Objective,
    params: readonly NodeOf<'input'>[],
  ): Promise<SgdProgram> {
    const names = params.map(({ attributes }) => attributes.name);
    return new SgdProgram(await engine.compile(sgdStepGraph(objective, params)), names);
  }

  /**
   * One step; `state` moves on to new arrays.
   * @param feeds The loss's other inputs.
   * @returns The loss and the logits [B, K] before the step.
   */
  async step(
    state: SgdState,
    feeds: Feeds,
    { rate, momentum, weightDecay }: StepSettings,
  ): Promise<{ readonly loss: number; readonly logits: Float32Array }> {
    const velocities = this.#params.map((name) => [velocityName(name), state.velocities[name]!]);
    const fetched = await this.#executable.run({
      ...feeds,
      ...state.params,
      ...Object.fromEntries(velocities),
      rate: Float32Array.of(rate),
      momentum: Float32Array.of(momentum),
      weight_decay: Float32Array.of(weightDecay),
    });
    for (const name of this.#params) {
      state.params[name] = fetched[name]!;
      state.velocities[name] = fetched[velocityName(name)]!;
    }
    return { loss: fetched.loss![0]!, logits: fetched.logits! };
  }

  dispose(): Promise<void> {
    return this.#executable.dispose();
  }
}

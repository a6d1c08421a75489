import type { Node } from '../ir/index.ts';
import type { TransformerArchitecture } from './architecture.ts';
import type { BlockWeights } from './transformer.ts';

/** PyTorch's default for batch normalisation. */
export const BATCH_NORM_EPSILON = 1e-5;

/**
 * How the weights of an image tower enter its graph: as constants, folded beforehand, or as inputs. Names are
 * OpenAI's without `visual.`; a tower asks for each once.
 */
export interface VisualWeights {
  /** A tensor as the checkpoint has it. */
  read(name: string, ...shape: number[]): Node;
  /**
   * Convolution `conv` and batch normalisation `norm` with frozen statistics as one convolution:
   * w' = w · γ/√(σ² + ε) for each output channel, b' = β − μ · γ/√(σ² + ε).
   * @param shape [O, C, h, w]
   * @returns kernel [O, C, h, w], shift [O, 1, 1]
   */
  convNorm(
    conv: string,
    norm: string,
    shape: readonly [number, number, number, number],
  ): { readonly kernel: Node; readonly shift: Node };
  /** Residual attention block `layer` of a vision transformer. */
  block(layer: number, architecture: TransformerArchitecture): BlockWeights;
}

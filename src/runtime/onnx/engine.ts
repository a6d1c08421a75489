import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Graph } from '../../ir/index.ts';
import { checkFeeds, type Engine, type Executable, type Feeds } from '../engine.ts';
import { inputName, lowerGraph, outputName } from './lower.ts';

/** Where onnxruntime may run a graph; each needs its execution provider in the installed package. */
export const ONNX_DEVICES = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;
export type OnnxDevice = (typeof ONNX_DEVICES)[number];

export interface OnnxOptions {
  /** Default `cpu`. */
  readonly device?: OnnxDevice;
  /** Threads within one op. Default 1: the grids run one cell a core. */
  readonly threads?: number;
}

type Ort = typeof import('onnxruntime-node');

async function createSession(
  ort: Ort,
  graph: Graph,
  device: OnnxDevice,
  threads: number,
): Promise<InferenceSession> {
  const { model, externalData } = lowerGraph(graph);
  return ort.InferenceSession.create(model, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    externalData: [...externalData],
    // Planning all values into one block up front leaves gaps between them: a sixth more memory, no faster.
    enableMemPattern: false,
    // A session's idle threads would else spin on for some 50 ms and take the cores from the next session.
    extra: { session: { force_spinning_stop: '1' } },
    // Only fatal messages: everything else reaches the caller as an error.
    logSeverityLevel: 4,
  });
}

class OnnxExecutable implements Executable {
  constructor(
    private readonly ort: Ort,
    private readonly graph: Graph,
    private readonly session: InferenceSession,
  ) {}

  async run(feeds: Feeds): Promise<Record<string, Float32Array>> {
    checkFeeds(this.graph, feeds);
    const tensors: Record<string, Tensor> = {};
    for (const { attributes, shape, dtype } of this.graph.inputs) {
      const data = feeds[attributes.name] as Float32Array;
      tensors[inputName(attributes.name)] = new this.ort.Tensor(dtype, data, shape);
    }
    const fetched = await this.session.run(tensors);
    return Object.fromEntries(
      Object.keys(this.graph.outputs).map((name) => [name, fetched[outputName(name)]!.data as Float32Array]),
    );
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

/** onnxruntime-node, loaded on first use. `run` blocks the calling thread until it is done. */
export function onnxEngine({ device = 'cpu', threads = 1 }: OnnxOptions = {}): Engine {
  return {
    name: 'onnxruntime',
    device,
    threads,
    async compile(graph) {
      const ort: Ort = await import('onnxruntime-node');
      return new OnnxExecutable(ort, graph, await createSession(ort, graph, device, threads));
    },
  };
}

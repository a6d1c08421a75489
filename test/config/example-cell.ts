import type { Cell } from '../../src/config/index.ts';

/** A cell with every field set, for tests. */
export const exampleCell: Cell = {
  dataset: { key: 'icons', fingerprint: 'aa' },
  backbone: { name: 'icon-clip-rn', sha256: 'bb' },
  method: {
    kind: 'coop',
    key: 'coop_m16_end',
    version: 1,
    nCtx: 16,
    position: 'end',
    csc: false,
    ctxInit: null,
    epochs: 50,
    batchSize: 32,
    learningRate: 0.002,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmupEpochs: 1,
    warmupLearningRate: 1e-5,
    views: 8,
  },
  shots: 16,
  seed: 1,
  targets: [{ key: 'icons', fingerprint: 'aa' }],
  runtime: { engine: 'onnxruntime', device: 'cpu', precision: 'float32' },
  limit: null,
};

import { coopPrompts, layOutPrompts, packedRows, readTextWeights, Tokenizer } from '../../clip/index.ts';
import { stream } from '../../data/index.ts';
import { type CoOpStepSpec, compileCoOp, contextShape, stepFlops } from '../../methods/index.ts';
import { speedClassNames } from './class-names.ts';
import { rn50Shapes } from './clip-shapes.ts';
import { randomCheckpoint } from './random-weights.ts';
import type { Measure } from './workload.ts';

/** Kinds of context that are measured. */
export type ContextKind = 'end' | 'csc' | 'middle';

const N_CTX = 16;
const BATCH = 32;

function stepSpec(classCount: number, kind: ContextKind): CoOpStepSpec {
  const { weights, architecture } = randomCheckpoint('RN50', rn50Shapes());
  const text = readTextWeights(weights, architecture);
  const { vocabSize, contextLength } = text.architecture;
  const position = kind === 'middle' ? 'middle' : 'end';
  const prompts = coopPrompts(new Tokenizer(vocabSize), speedClassNames(classCount), {
    nCtx: N_CTX,
    position,
    contextLength,
  });
  return {
    layout: layOutPrompts(prompts, kind === 'csc'),
    text,
    logitScale: 100,
    nCtx: N_CTX,
    batchSize: BATCH,
    embedDim: architecture.embedDim,
  };
}

/** One training step of CoOp (loss and gradient of the context) with RN50's text tower and random weights. */
export function coopStepMeasure(classCount: number, kind: ContextKind): Measure {
  return {
    memory: true,
    async prepare(engine) {
      const spec = stepSpec(classCount, kind);
      const program = await compileCoOp(engine, spec);
      const random = stream('speed step', classCount);
      const normals = (count: number, deviation: number) =>
        Float32Array.from({ length: count }, () => deviation * random.normal());
      const ctx = normals(
        contextShape(spec).reduce((product, size) => product * size, 1),
        0.02,
      );
      const images = normals(BATCH * spec.embedDim, 1);
      const labels = Int32Array.from({ length: BATCH }, (_, i) => i % classCount);
      const flops = stepFlops(spec.layout, spec.text.architecture);
      return {
        problem:
          `one step, K = ${classCount}, M = ${N_CTX} ${kind}, batch ${BATCH}, ` +
          `${packedRows(spec.layout)} rows, RN50's text tower`,
        unit: 'ms/step',
        run: async () => {
          await program.step(ctx, images, labels);
        },
        flops: () => flops,
        value: (milliseconds) => milliseconds,
        dispose: () => program.dispose(),
      };
    },
  };
}

import { stream } from '../../data/index.ts';
import { Classifier, fitLinearProbe, graphObjective, type LabelledFeatures } from '../../methods/index.ts';
import type { Measure } from './workload.ts';

/** K classes with 16 training and 4 validation pictures each, E features. */
const [CLASSES, SHOTS, VALIDATION, DIM] = [100, 16, 4, 1024];

/** Distance of a class's centre from 0 in each coordinate, in noise deviations: errors stay, but few. */
const SPREAD = 0.12;

function clouds(): { readonly train: LabelledFeatures; readonly val: LabelledFeatures } {
  const random = stream('speed probe');
  const centres = Float32Array.from({ length: CLASSES * DIM }, () => SPREAD * random.normal());
  const draw = (perClass: number): LabelledFeatures => {
    const labels = Int32Array.from({ length: CLASSES * perClass }, (_, i) => Math.floor(i / perClass));
    const features = new Float32Array(labels.length * DIM);
    labels.forEach((label, i) => {
      for (let e = 0; e < DIM; e++) features[i * DIM + e] = centres[label * DIM + e]! + random.normal();
    });
    return { features, labels };
  };
  return { train: draw(SHOTS), val: draw(VALIDATION) };
}

/** One whole linear probe: every fit of the search for C. */
export const linearProbeMeasure: Measure = {
  async prepare(engine) {
    const { train, val } = clouds();
    const classifier = new Classifier(engine);
    let evaluations = 0;
    return {
      problem:
        `a whole search for C, K = ${CLASSES}, ${SHOTS} training and ${VALIDATION} validation pictures a class, ` +
        `E = ${DIM}, normal clouds`,
      unit: 's/fit',
      run: async () => {
        evaluations = 0;
        const release: (() => Promise<void>)[] = [];
        await fitLinearProbe({
          train,
          val,
          classCount: CLASSES,
          objectiveFactory: async (problem) => {
            const { objective, dispose } = await graphObjective(engine, problem);
            release.push(dispose);
            return (x, c, gradientOut) => {
              evaluations += 1;
              return objective(x, c, gradientOut);
            };
          },
          classify: (features, _, { weights, bias }) => classifier.predict(features, weights, bias),
        });
        for (const dispose of release) await dispose();
      },
      // Scores and the gradient of the weights: two products an evaluation.
      flops: () => evaluations * 4 * train.labels.length * DIM * CLASSES,
      value: (milliseconds) => milliseconds / 1000,
      dispose: async () => {},
    };
  },
};

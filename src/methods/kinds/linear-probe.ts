import type { MethodConfig } from '../../config/index.ts';
import { linearScorer } from '../classify.ts';
import { C_GRID, C_SEARCH_STEPS, fitLinearProbe, type LinearProbe } from '../linear-probe.ts';
import { graphObjective } from '../logistic-graph.ts';
import type { DrawnPictures, Method, Program } from '../method.ts';

/** Linear probe: L-BFGS logistic regression with the search for C. */
export interface LinearProbeConfig extends MethodConfig {
  readonly kind: 'linear_probe';
}

/** Raised on purpose when the method's numbers change. */
const VERSION = 2;

/** Fits of a whole search: the grid, both ends of the interval, a new end a halving. */
const FITS = C_GRID.length + C_SEARCH_STEPS + 1;

/** Iterations of L-BFGS over a whole search, roughly: on the icon suite some 350 at 1 shot and 1,000 at 16. */
const iterationsOf = (train: number, classes: number): number =>
  Math.round(350 * Math.max(1, train / classes) ** 0.4);

/** A call of so small a graph, as part of one over the text tower. */
const CALL_PART = 0.25;

/**
 * Times that a plain loop would go through a vector as long as the weights in the time of an iteration (twenty passes
 * over the pairs of its memory among it, much quicker than plain loops); and through the scores of all examples.
 */
const [VECTOR_PASSES, SCORE_PASSES] = [8, 4];

/** Products of one evaluation of the loss and its gradient. */
const iterationFlops = (train: number, embedDim: number, classes: number): number =>
  4 * train * embedDim * classes;

/** Everything that was looked at on the validation pictures, by C: the grid, then both ends of every halving. */
function validationCurve({ trace }: LinearProbe) {
  const seen = new Map<number, number>();
  for (const { c, validationAccuracy } of trace.grid) seen.set(c, validationAccuracy);
  for (const { left, right, validationLeft, validationRight } of trace.search) {
    for (const [c, accuracy] of [
      [left, validationLeft],
      [right, validationRight],
    ] as const) {
      // The middle of the interval is the grid's C again, an ulp away.
      const known = [...seen.keys()].some((other) => other.toPrecision(12) === c.toPrecision(12));
      if (!known) seen.set(c, accuracy);
    }
  }
  return [...seen].map(([value, accuracy]) => ({ setting: 'c', value, accuracy }));
}

/** Logistic regression on frozen image features. */
export const linearProbe: Method<LinearProbeConfig> = {
  kind: 'linear_probe',
  title: 'linear-probe',
  keys: ['linear_probe'],
  learns: true,
  words: { version: { name: 'version of the method', value: String } },
  tunable: {},
  configure: (key) => (key === 'linear_probe' ? { kind: 'linear_probe', key, version: VERSION } : null),
  titleOf: () => 'Linear probe',
  reads: () => ({ train: 'test', val: true, test: true }),
  work(_, { train, embedDim, classNames: { length: classes } }) {
    const iterations = iterationsOf(train, classes);
    return {
      flops: iterationFlops(train, embedDim, classes) * iterations,
      calls: iterations * CALL_PART,
      textGraphs: 0,
      numbers: iterations * classes * (VECTOR_PASSES * (embedDim + 1) + SCORE_PASSES * train),
      freshPictures: 0,
    };
  },
  async fit({ source }) {
    const { towers, classNames } = source;
    const part = async (pictures: DrawnPictures) => ({
      features: await pictures.features(),
      labels: pictures.labels,
    });
    const objectives: Program[] = [];
    let fits = 0;
    try {
      const probe = await fitLinearProbe({
        train: await part(source.train),
        val: await part(source.val),
        classCount: classNames.length,
        objectiveFactory: async (problem) => {
          const made = await graphObjective(towers.engine, problem);
          objectives.push(made);
          return made.objective;
        },
        classify: (features, _, classifier) => {
          fits += 1;
          source.progress(fits / FITS, `fit ${fits}`);
          return towers.classifier.predict(features, classifier.weights, classifier.bias);
        },
        signal: {
          get aborted() {
            return source.cancelled;
          },
          throwIfAborted: () => source.throwIfCancelled(),
        },
      });
      const { weights, bias, c, iterations, validationAccuracy } = probe;
      return {
        ...linearScorer(towers.classifier, weights, bias),
        flops:
          iterationFlops(
            source.train.labels.length,
            towers.checkpoint.architecture.embedDim,
            classNames.length,
          ) * iterations,
        details: { c, iterations, validationAccuracy, validation: validationCurve(probe) },
      };
    } finally {
      for (const made of objectives) await made.dispose();
    }
  },
};

import { Command } from 'commander';
import type { StoredTensor } from '../checkpoint/index.ts';
import { UserError } from '../config/index.ts';
import * as ir from '../ir/index.ts';
import { graphObjective, prepareLogisticRegression } from '../methods/index.ts';
import type { Engine } from '../runtime/index.ts';
import { addEngineOptions, type EngineFlags, engineFrom, remark } from './command-options.ts';
import { runRows, takeRows } from './run-rows.ts';
import { floatTensor, prepareOutFile, TensorInput, writeTensors } from './tensor-files.ts';

interface ProbeFlags extends EngineFlags {
  readonly C: number;
  readonly tensors: string;
  readonly out: string;
}

/** Rows scored at a time. */
const BATCH = 4096;

function parseC(text: string): number {
  const c = Number(text);
  if (text.trim() !== '' && Number.isFinite(c) && c > 0) return c;
  throw new UserError('BAD_OPTION', { where: '--C', expected: 'a number above 0', found: text });
}

/** Labels as a probe takes them: ranks among the classes that occur, ascending. */
function rankLabels(labels: Int32Array, where: string): { ranks: Int32Array; classes: readonly number[] } {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  if (classes.length < 2) {
    throw new UserError('PROBE_DATA', {
      where,
      expected: 'labels of at least two classes',
      found: classes.length === 0 ? 'none' : `only class ${classes[0]}`,
    });
  }
  const rank = new Map(classes.map((label, index) => [label, index]));
  return { ranks: labels.map((label) => rank.get(label) as number), classes };
}

/** softmax(x · Wᵀ + b): x [m, E], W [K, E], b [K] -> [m, K]. */
function probabilities(
  engine: Engine,
  x: { readonly data: Float32Array; readonly count: number; readonly dim: number },
  { weights, bias }: { readonly weights: Float32Array; readonly bias: Float32Array },
): Promise<Float32Array> {
  const classes = bias.length;
  const [w, b] = [ir.constant(weights, [classes, x.dim]), ir.constant(bias, [classes])];
  return runRows(engine, {
    count: x.count,
    batch: BATCH,
    width: classes,
    build: (rows) => ir.softmax(ir.linear(ir.input('x', [rows, x.dim]), w, b)),
    feeds: (start, rows) => ({ x: takeRows(x.data, x.dim, start, rows) }),
  });
}

async function run({ C: c, tensors, out, ...engineFlags }: ProbeFlags): Promise<void> {
  const engine = await engineFrom(engineFlags);
  const input = new TensorInput(tensors);
  const trainX = input.floats('train_x', ['n', 'E']);
  const [count, dim] = trainX.shape as [number, number];
  const trainY = input.integers('train_y', [count]);
  const testX = input.floats('test_x', ['m', dim]);
  input.close();
  const { ranks, classes } = rankLabels(trainY.data, `${tensors}: tensor "train_y"`);
  prepareOutFile(out);

  const objectives: { dispose(): Promise<void> }[] = [];
  const fit = await prepareLogisticRegression({
    train: { features: trainX.data, labels: ranks },
    classCount: classes.length,
    objectiveFactory: async (problem) => {
      const made = await graphObjective(engine, problem);
      objectives.push(made);
      return made.objective;
    },
  });
  const fitted = await fit(c);
  for (const made of objectives) await made.dispose();
  remark(`${fitted.iterations} iterations, stopped by: ${fitted.reason}; loss ${fitted.loss}`);

  const tested = { data: testX.data, count: testX.shape[0]!, dim };
  const proba = await probabilities(engine, tested, fitted);
  const labels = BigInt64Array.from(classes, BigInt);
  writeTensors(
    out,
    new Map<string, StoredTensor>([
      ['proba', floatTensor([tested.count, classes.length], proba)],
      ['classes', { dtype: 'I64', shape: [classes.length], data: labels }],
      ['coef', floatTensor([classes.length, dim], fitted.weights)],
      ['intercept', floatTensor([classes.length], fitted.bias)],
    ]),
  );
}

/** `coop-bench debug linear-probe`: one fit of the linear probe, to compare with scikit-learn. */
export function linearProbeCommand(): Command {
  const command = new Command('linear-probe')
    .description("logistic regression of given features for one C, as scikit-learn's L-BFGS fits it")
    .requiredOption('--C <c>', 'inverse strength of regularisation, above 0', parseC)
    .requiredOption('--tensors <file>', 'safetensors file with what goes in')
    .requiredOption('--out <file>', 'safetensors file to write');
  return addEngineOptions(command)
    .addHelpText(
      'after',
      `
In (n training and m test examples, E features):
  train_x  [n, E]  floats
  train_y  [n]     integers, at least two different ones; gaps are allowed
  test_x   [m, E]  floats

Out (K classes: those that occur in train_y, ascending, as scikit-learn's classes_):
  proba      [m, K]  float32
  classes    [K]     int64, the label of each column
  coef       [K, E]  float32; with K = 2 the first class is held at zero, and the second row is
                     scikit-learn's coef_
  intercept  [K]     float32; likewise

Example:
  npx coop-bench debug linear-probe --C 0.01 --tensors test/fixtures/linear_probe/data.safetensors --out p.safetensors`,
    )
    .action(run);
}

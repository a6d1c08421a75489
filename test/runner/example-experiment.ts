import { EMBEDDED_ONLY } from '../../datasets/index.ts';
import type { Dataset, Datum } from '../../src/data/index.ts';
import type { Backbone, Experiment, StudyGrid } from '../../src/runner/index.ts';

/** `perClass` pictures of each of three classes. */
const pictures = (key: string, perClass: number): Datum[] =>
  Array.from({ length: 3 * perClass }, (_, i) => ({
    picture: { kind: 'icon', set: key, icon: String(i), name: `${key}:${i}` },
    label: Math.floor(i / perClass),
  }));

/** Three classes of `perClass` training pictures. */
export const dataset = (key: string, perClass: number): Dataset => ({
  key,
  title: key,
  classNames: ['a', 'b', 'c'],
  train: pictures(`${key}-train`, perClass),
  val: pictures(`${key}-val`, Math.min(perClass, 6)),
  test: pictures(`${key}-test`, 5),
  prompt: 'a photo of a {}.',
  mirrors: false,
  note: null,
  splitSource: 'this test',
  protocol: { views: 8, epochs: 'suite', mostEpochs: null },
  fingerprint: `fingerprint of ${key}`,
});

/** Test pictures only, two a class. */
export const shifted: Dataset = { ...dataset('shifted', 0), test: pictures('shifted-test', 2) };

const TEXT = {
  width: 128,
  layers: 3,
  heads: 2,
  mlpWidth: 512,
  activation: 'quickgelu',
  epsilon: 1e-5,
  contextLength: 77,
  vocabSize: 4096,
} as const;

/** A model that lies nowhere. */
export const backbone = (name: string): Backbone => ({
  name,
  sha256: `sha of ${name}`,
  path: `${name}.safetensors`,
  activation: null,
  settings: null,
  size: { embedDim: 128, text: TEXT, pictureFlops: 1e7 },
  imageWeights: 1e6,
});

const nothing = { datasets: [], targets: [], methods: [], shots: [], seeds: [] };

/** An experiment of one study, on two models. */
export function experimentOf(grid: Omit<StudyGrid, 'study' | 'targets'> & Partial<StudyGrid>): Experiment {
  const study = { ...nothing, key: 'example', title: 'Example', introduction: '', photographs: nothing };
  return {
    benchmark: { key: 'example', title: 'Example', introduction: '', studies: [study] },
    data: EMBEDDED_ONLY,
    backbones: [backbone('rn'), backbone('vit')],
    grids: [{ study, targets: [], ...grid }],
    views: 2,
    epochs: 'paper',
    runtime: { engine: 'onnxruntime', device: 'cpu', precision: 'float32' },
    engineVersions: {},
    limit: null,
  };
}

/** Where the tasks of a model would find their files. */
export const placeOf = ({ path, sha256, size }: Backbone) => ({
  model: size,
  checkpoint: path,
  checkpointSha256: sha256,
  activation: null,
  data: EMBEDDED_ONLY,
  cacheDir: 'cache',
  pictureThreads: 0,
  promptDir: 'prompts',
  runtime: { engine: 'onnxruntime', device: 'cpu', precision: 'float32' } as const,
  engineVersions: {},
});

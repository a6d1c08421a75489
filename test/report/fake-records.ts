import { createHash } from 'node:crypto';
import { readPaperReference } from '../../benchmarks/index.ts';
import type {
  Cell,
  CellRecord,
  MethodConfig,
  MethodDetails,
  NearestWords,
  PlannedCell,
} from '../../src/config/index.ts';
import { methodOf, settingWords } from '../../src/methods/index.ts';
import { type PaperReference, parsePaperReference, type ReportPlan } from '../../src/report/index.ts';

/** A generator with a seed, so that every run of the tests sees the same report. Source: mulberry32. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Title, classes, test pictures, zero-shot accuracy, and what 16 shots of CoOp and the probe gain. */
const SETS = [
  ['icons', 'Icons', 105, 1490, 0.47, 0.15, 0.08],
  ['icons_arrows', 'Arrows', 48, 520, 0.29, 0.24, 0.21],
  ['icons_media', 'Media', 36, 402, 0.44, 0.2, 0.15],
  ['icons_text', 'Text', 41, 388, 0.33, 0.23, 0.18],
  ['icons_files', 'Files', 33, 306, 0.39, 0.19, 0.19],
  ['icons_devices', 'Devices', 44, 418, 0.5, 0.14, 0.04],
  ['icons_commerce', 'Commerce', 38, 361, 0.48, 0.16, 0.07],
  ['icons_brands', 'Brands', 60, 431, 0.31, 0.38, 0.42],
  ['icons_places', 'Places', 35, 297, 0.52, 0.11, 0.02],
  ['icons_nature', 'Nature', 40, 352, 0.55, 0.12, 0.03],
  ['icons_people', 'People', 27, 240, 0.46, 0.13, 0.05],
] as const;

const SHOTS = [1, 2, 4, 8, 16] as const;
const WORDS = [
  'icon',
  'flat',
  'outline',
  'the',
  'sharp</w>',
  'of',
  'drawn',
  'glyph',
  '~',
  'tiny',
  'line',
  'ui',
];

export const METHODS = [
  { key: 'zeroshot', title: 'Zero-shot CLIP' },
  { key: 'linear_probe', title: 'Linear probe' },
  { key: 'coop_m16_end', title: 'CoOp (M = 16, end)' },
] as const;

function methodConfig(key: string, shots: number): MethodConfig {
  if (key === 'zeroshot') return { kind: 'zeroshot', key, version: 1, prompts: ['a photo of a {}.'] };
  if (key === 'linear_probe') return { kind: 'linear_probe', key, version: 1 };
  const position = /_mid/.test(key) ? 'middle' : /_front/.test(key) ? 'front' : 'end';
  return {
    kind: 'coop',
    key,
    version: 1,
    nCtx: Number(/_m(\d+)/.exec(key)?.[1] ?? 16),
    position,
    csc: key.endsWith('_csc'),
    ctxInit: key.endsWith('_init') ? 'a photo of a' : null,
    epochs: shots >= 8 ? 25 : 50,
    batchSize: 32,
    learningRate: 0.002,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmupEpochs: 1,
    warmupLearningRate: 1e-5,
    views: 8,
  };
}

export function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Axes of a fake experiment; what is left out is the whole grid. */
export interface FakeOptions {
  readonly datasets?: readonly { readonly key: string; readonly title: string }[];
  readonly backbones?: readonly string[];
  readonly shots?: readonly number[];
  readonly seeds?: readonly number[];
  readonly methods?: readonly { readonly key: string; readonly title: string }[];
  readonly limit?: number | null;
  /** Scored besides every dataset's own test pictures. */
  readonly targets?: readonly { readonly key: string; readonly title: string }[];
  /** Stem of the figures' file names; `fewshot` by default. */
  readonly experiment?: string;
  /** Published numbers beside ours. */
  readonly paper?: PaperReference;
  /** Class names, labels of the test pictures, and the pictures themselves. */
  readonly pictures?: boolean;
}

/** The four styles that the set `icons` is scored on. */
export const SHIFTS = [
  { key: 'icons_pixel', title: 'Pixel icons' },
  { key: 'icons_hand', title: 'Hand-drawn icons' },
  { key: 'icons_colour', title: 'Colour icons' },
  { key: 'icons_emoji', title: 'Emoji' },
] as const;

/** Variants of CoOp, the main one in the middle. */
export const VARIANTS = [
  { key: 'coop_m4_end', title: 'CoOp (M = 4, end)' },
  { key: 'coop_m4_end_init', title: 'CoOp (M = 4, end, from “a photo of a”)' },
  { key: 'coop_m8_end', title: 'CoOp (M = 8, end)' },
  { key: 'coop_m16_end', title: 'CoOp (M = 16, end)' },
  { key: 'coop_m16_mid', title: 'CoOp (M = 16, middle)' },
  { key: 'coop_m16_front', title: 'CoOp (M = 16, front)' },
  { key: 'coop_m16_end_csc', title: 'CoOp (M = 16, end, class-specific)' },
  { key: 'coop_m16_mid_csc', title: 'CoOp (M = 16, middle, class-specific)' },
] as const;

/** One source scored on four styles besides its own, at one shot count. */
export function fakeShiftPlan(options: FakeOptions = {}): ReportPlan {
  const datasets = [{ key: 'icons', title: 'Icons' }];
  const methods = [...METHODS, VARIANTS[0]];
  return fakePlan({ datasets, targets: SHIFTS, methods, shots: [16], experiment: 'domainshift', ...options });
}

/** Eight variants of CoOp at one shot count. */
export function fakeAblationPlan(options: FakeOptions = {}): ReportPlan {
  return fakePlan({ methods: VARIANTS, shots: [16], experiment: 'ablation', ...options });
}

/** The eleven sets of the paper; the numbers are made up like those of the suite. */
export const PAPER_SETS = [
  { key: 'imagenet', title: 'ImageNet' },
  { key: 'caltech101', title: 'Caltech101' },
  { key: 'oxford_pets', title: 'OxfordPets' },
  { key: 'stanford_cars', title: 'StanfordCars' },
  { key: 'oxford_flowers', title: 'Flowers102' },
  { key: 'food101', title: 'Food101' },
  { key: 'fgvc_aircraft', title: 'FGVCAircraft' },
  { key: 'sun397', title: 'SUN397' },
  { key: 'dtd', title: 'DTD' },
  { key: 'eurosat', title: 'EuroSAT' },
  { key: 'ucf101', title: 'UCF101' },
] as const;

/** ImageNet's four variants. */
export const IMAGENET_SHIFTS = [
  { key: 'imagenetv2', title: 'ImageNetV2' },
  { key: 'imagenet_sketch', title: 'ImageNet-Sketch' },
  { key: 'imagenet_a', title: 'ImageNet-A' },
  { key: 'imagenet_r', title: 'ImageNet-R' },
] as const;

/** The few-shot grid on the paper's sets, beside its numbers. */
export function fakePaperPlan(options: FakeOptions = {}): ReportPlan {
  const paper = parsePaperReference(readPaperReference());
  return fakePlan({
    datasets: PAPER_SETS,
    methods: [...METHODS, ...VARIANTS.filter(({ key }) => /_mid$|_csc$/.test(key))],
    backbones: ['RN50'],
    paper,
    ...options,
  });
}

/** The plan of a few-shot grid over the icon suite. */
export function fakePlan(options: FakeOptions = {}): ReportPlan {
  const datasets = options.datasets ?? SETS.map(([key, title]) => ({ key, title }));
  const shots = options.shots ?? SHOTS;
  const seeds = options.seeds ?? [1, 2, 3];
  const methods = options.methods ?? METHODS;
  const targets = options.targets ?? [];
  const identityOf = ({ key }: { readonly key: string }) => ({ key, fingerprint: sha(key) });
  const cells: PlannedCell[] = [];
  for (const backbone of options.backbones ?? ['icon-clip-rn']) {
    for (const dataset of datasets) {
      const identity = identityOf(dataset);
      for (const method of methods) {
        const none = method.key === 'zeroshot';
        for (const k of none ? [0] : shots) {
          for (const seed of none ? [null] : seeds) {
            const cell: Cell = {
              dataset: identity,
              backbone: { name: backbone, sha256: sha(backbone) },
              method: methodConfig(method.key, k),
              shots: k,
              seed,
              targets: [identity, ...targets.map(identityOf)],
              runtime: { engine: 'onnxruntime', device: 'cpu', precision: 'float32' },
              limit: options.limit ?? null,
            };
            cells.push({ key: sha(JSON.stringify(cell)).slice(0, 32), cell });
          }
        }
      }
    }
  }
  return {
    experiment: options.experiment ?? 'fewshot',
    title: 'Few-shot learning with CoOp on the icon suite',
    introduction:
      'Context optimisation, a linear probe and hand-made prompts on eleven sets of icons, drawn by design teams whose work the model never saw.',
    command: 'npx coop-bench bench fewshot --seeds 1,2,3 --shots 1,2,4,8,16 --out reports/fewshot',
    cells,
    datasets: [...datasets, ...targets].map((set) =>
      options.pictures === true ? { ...set, classNames: classNamesOf(set.key) } : set,
    ),
    methods,
    shots,
    seeds,
    versions: { 'coop-bench': '0.1.0', node: '20.20.2', 'onnxruntime-node': '1.30.0', sharp: '0.35.5' },
    kindTitle: (config) => methodOf(config).title,
    settingWords,
    ...(options.pictures === true ? { testLabels, testPicture: async () => PIXEL } : {}),
    ...(options.paper === undefined ? {} : { paper: options.paper }),
    notes: ['Logos are the same drawing in most icon sets, so the brands set is easier than it looks.'],
  };
}

/** A white WebP of one pixel. */
const PIXEL = {
  type: 'image/webp',
  bytes: Buffer.from('UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA=', 'base64'),
} as const;

/** Classes and test pictures of a set. */
function sizeOf(key: string): readonly [classes: number, count: number] {
  const known = SETS.find(([name]) => name === key);
  return known === undefined ? [20, 200] : [known[2], known[3]];
}

/** Names with what Markdown, LaTeX and HTML would take for their own. */
const ODD_NAMES = ['a_b & c', '50 % $x^2$', '{~#1\\}', '<b>bold</b>', '| pipe *star*', '"quoted" `code`'];

function classNamesOf(key: string): readonly string[] {
  return Array.from({ length: sizeOf(key)[0] }, (_, i) => ODD_NAMES[i] ?? `thing_${i}`);
}

const testLabels = (source: string): readonly number[] => {
  const [classes, count] = sizeOf(source);
  return Array.from({ length: count }, (_, picture) => picture % classes);
};

/** A complete record for every cell of a plan, in its order. */
export function fakeRecords(plan: ReportPlan): CellRecord[] {
  return plan.cells.map(({ key, cell }) => fakeRecord(key, cell));
}

export function fakeRecord(key: string, cell: Cell): CellRecord {
  const random = mulberry32(Number.parseInt(key.slice(0, 8), 16));
  const known = SETS.find(([name]) => name === cell.dataset.key);
  const [, , classes, count, base, coopGain, probeGain] = known ?? ['', '', 20, 200, 0.5, 0.1, 0.05];
  const progress = cell.shots === 0 ? 0 : Math.log2(cell.shots) / 4;
  const noise = (random() - 0.5) * 0.03 * (1.4 - progress);
  const gains: Readonly<Record<string, number>> = {
    zeroshot: 0,
    coop: coopGain * (0.2 + 0.8 * progress) + noise,
    linear_probe: probeGain - 0.28 * (1 - progress) + noise,
  };
  const gain = gains[cell.method.kind] ?? probeGain;
  const correct = Math.round((base + gain) * count);
  const trainPictures = classes * cell.shots - (cell.shots === 16 && classes < 40 ? 7 : 0);
  return {
    schemaVersion: 2,
    key,
    cell,
    status: 'ok',
    run: {
      startedAt: '2026-11-23T10:00:00.000Z',
      durationMs: 900 + Math.round(random() * 3000),
      host: 'laptop',
      threads: 1,
      gitRevision: 'a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2',
      versions: { node: '20.20.2' },
    },
    result: {
      // Every further target is harder.
      scores: cell.targets.map(({ key: target }, index) => {
        const hits = Math.round(correct * 0.9 ** index);
        return {
          target,
          accuracy: hits / count,
          macroAccuracy: hits / count - 0.01,
          correct: hits,
          count,
          ...fakeHits(hits, count, classes, key),
        };
      }),
      trainPictures,
      validationPictures: classes * Math.min(cell.shots, 4),
      classes,
      details: fakeDetails(cell, base + gain, random),
      flops: 1e9 * (1 + cell.shots),
    },
  };
}

/** Which pictures were right, some `correct` of `count`, class by class in turn. */
function fakeHits(correct: number, count: number, classes: number, key: string) {
  const order = shuffled(
    Array.from({ length: count }, (_, i) => i),
    Number.parseInt(key.slice(8, 16), 16),
  );
  const bytes = new Uint8Array(Math.ceil(count / 8));
  const perClass = { correct: new Array<number>(classes).fill(0), count: new Array<number>(classes).fill(0) };
  order.forEach((picture, i) => {
    perClass.count[picture % classes]! += 1;
    if (i >= correct) return;
    perClass.correct[picture % classes]! += 1;
    bytes[picture >> 3]! |= 1 << (picture & 7);
  });
  // A wrong picture is taken for the next class, every third for the one after it.
  const wrong = order.slice(correct).sort((a, b) => a - b);
  const given = Buffer.alloc(2 * wrong.length);
  wrong.forEach((picture, i) => {
    given.writeUInt16LE((picture + (picture % 3 === 0 ? 2 : 1)) % classes, 2 * i);
  });
  const mistakes = given.toString('base64');
  return { perClass, hits: Buffer.from(bytes).toString('base64'), mistakes };
}

function fakeDetails({ method }: Cell, accuracy: number, random: () => number): MethodDetails {
  if (method.kind === 'coop') return coopDetails(method.epochs as number, random);
  return method.kind === 'linear_probe' ? probeDetails(accuracy, random) : {};
}

/** The grid for C, and a choice near its best. */
function probeDetails(accuracy: number, random: () => number): MethodDetails {
  const heldOut = (exponent: number) =>
    Math.max(0, accuracy - 0.01 * (exponent - 1.5) ** 2 + 0.02 * random());
  const validation = [6, 4, 2, 0, -2, -4, -6].map((exponent) => {
    return { setting: 'c', value: 10 ** exponent, accuracy: heldOut(exponent) };
  });
  const chosen = 1 + random();
  const c = 10 ** chosen;
  const validationAccuracy = heldOut(chosen);
  validation.push({ setting: 'c', value: c, accuracy: validationAccuracy });
  return { c, validationAccuracy, validation, iterations: 1700 };
}

function coopDetails(epochs: number, random: () => number): MethodDetails {
  const floor = 0.6 + random();
  const lossPerEpoch = Array.from({ length: epochs }, (_, epoch) => {
    return floor + 2.4 * Math.exp((-4 * epoch) / epochs) + (random() - 0.5) * 0.12;
  });
  const nearestWords: NearestWords[] = Array.from({ length: 16 }, (_, position) => {
    const start = 0.55 + random() * 0.6;
    const words = Array.from({ length: 5 }, (_, rank) => {
      return { word: WORDS[Math.floor(random() * WORDS.length)]!, distance: start + 0.03 * rank };
    });
    return { position, words };
  });
  const accuracyPerEpoch = lossPerEpoch.map((loss) => Math.round(100 * Math.exp(-loss)) / 100);
  return { lossPerEpoch, accuracyPerEpoch, nearestWords, steps: epochs * 10 };
}

/** The same values in another order, always the same one. */
export function shuffled<T>(values: readonly T[], seed = 1): T[] {
  const random = mulberry32(seed);
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

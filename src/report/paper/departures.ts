import type { Cell } from '../../config/index.ts';
import { listing } from '../format.ts';
import { type ReportPlan, titleOf } from '../plan.ts';
import { paperSets } from './lookup.ts';
import type { PaperReference } from './reference.ts';

/** What of a plan differs from how the paper's numbers came about, a sentence each; empty where nothing does. */
export function departures(plan: ReportPlan): readonly string[] {
  const { paper } = plan;
  if (paper === undefined) return [];
  const sets = paperSets(paper);
  const cells = plan.cells.map(({ cell }) => cell).filter(({ dataset }) => sets.has(dataset.key));
  // The protocol is CoOp's; what others train has settings of its own.
  const coop = cells.filter(({ method }) => method.kind === 'coop');
  const { protocol } = paper;
  return [
    ...weightWords(cells, plan.paperWeights),
    ...seedWords(plan, protocol.seeds),
    ...differing(coop, 'views', 'fresh', viewWords, 'a new random crop every time'),
    ...epochWords(coop, paper),
    ...differing(coop, 'learningRate', protocol.lr, String, `a learning rate of ${protocol.lr}`),
    ...differing(coop, 'batchSize', protocol.batch_size, String, `batches of ${protocol.batch_size}`),
    ...promptWords(plan, cells, paper),
    ...probeWords(cells),
    ...cacheWords(cells),
    ...(cells.some(({ limit }) => limit !== null)
      ? ['Only some of the test pictures were scored; the paper scores all.']
      : []),
  ];
}

/** Backbones go by their names: a file of that name may hold anything. */
function weightWords(cells: readonly Cell[], known: ReadonlySet<string> | undefined): readonly string[] {
  if (known === undefined) return [];
  const others = cells.filter(({ backbone: { sha256 } }) => !known.has(sha256));
  const names = [...new Set(others.map(({ backbone: { name } }) => name))];
  if (names.length === 0) return [];
  return [
    `${listing(names)} ${names.length === 1 ? 'is' : 'are'} not the file${names.length === 1 ? '' : 's'} that OpenAI published (another SHA-256): converted weights, or another model of that name.`,
  ];
}

function seedWords(plan: ReportPlan, seeds: readonly number[]): readonly string[] {
  const same = plan.seeds.length === seeds.length && seeds.every((seed) => plan.seeds.includes(seed));
  if (same || plan.seeds.length === 0) return [];
  return [`Seeds here: ${plan.seeds.join(', ')}; the paper’s mean is over seeds ${seeds.join(', ')}.`];
}

/** Values of a setting that are not the paper's. */
function differing(
  cells: readonly Cell[],
  setting: string,
  expected: unknown,
  words: (value: unknown) => string,
  papers: string,
): readonly string[] {
  const others = cells.filter(({ method }) => method[setting] !== expected);
  if (others.length === 0) return [];
  const values = [...new Set(others.map((cell) => words(cell.method[setting])))];
  const name = setting.replace(/([A-Z])/g, ' $1').toLowerCase();
  return [`${name[0]!.toUpperCase()}${name.slice(1)} here: ${listing(values)}; the paper takes ${papers}.`];
}

const viewWords = (value: unknown): string =>
  `${String(value)} fixed ${value === 1 ? 'crop' : 'crops'} of each picture`;

function epochWords(cells: readonly Cell[], { protocol }: PaperReference): readonly string[] {
  const expected = ({ dataset, shots }: Cell) => protocol.epochs[dataset.key] ?? protocol.epochs[shots];
  const pairs = cells.flatMap((cell) => {
    const { epochs } = cell.method;
    const papers = expected(cell);
    if (typeof epochs !== 'number' || papers === undefined || epochs === papers) return [];
    return [`${epochs} at ${cell.shots} shots (the paper: ${papers})`];
  });
  const distinct = [...new Set(pairs)];
  return distinct.length === 0 ? [] : [`Epochs here: ${distinct.join(', ')}.`];
}

/** Hand-made prompts other than the paper's. */
function promptWords(
  plan: ReportPlan,
  cells: readonly Cell[],
  { protocol }: PaperReference,
): readonly string[] {
  const others = cells.flatMap(({ method, dataset }) => {
    if (method.key !== 'zeroshot' || !Array.isArray(method.prompts)) return [];
    const papers = protocol.templates[dataset.key];
    const same = method.prompts.length === 1 && method.prompts[0] === papers;
    return same || papers === undefined ? [] : [titleOf(plan.datasets, dataset.key)];
  });
  const sets = [...new Set(others)];
  return sets.length === 0 ? [] : [`Hand-made prompts other than the paper’s on ${listing(sets)}.`];
}

function probeWords(cells: readonly Cell[]): readonly string[] {
  const mine = cells.filter(({ method }) => method.key === 'linear_probe');
  if (mine.length === 0) return [];
  const imagenet = mine.some(({ dataset }) => dataset.key === 'imagenet');
  return [
    'The linear probe learns from CoOp’s draws; the paper’s had draws of its own.',
    ...(imagenet
      ? [
          'On ImageNet its C is chosen on training pictures that were not drawn; the official code takes test pictures.',
        ]
      : []),
  ];
}

/** Tip-Adapter is not the paper's: its numbers were published by its own authors. */
function cacheWords(cells: readonly Cell[]): readonly string[] {
  const kinds = new Set(cells.map(({ method }) => method.kind));
  const [plain, trained] = [kinds.has('tip_adapter'), kinds.has('tip_adapter_f')];
  return [
    ...(plain || trained
      ? [
          'Tip-Adapter’s α and β are chosen on validation shots, over one grid for all sets, with the prompts of zero-shot; its official code, whose numbers are published, has a grid for each set, and on ImageNet seven prompts and a choice on test pictures.',
        ]
      : []),
    ...(trained
      ? [
          'Tip-Adapter-F keeps the keys of its last step; its official code keeps those that do best on test pictures, and reports the best it saw there.',
        ]
      : []),
  ];
}

import type { CoOpConfig, LinearProbeConfig, MethodConfig, ZeroShotConfig } from '../../config/index.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { methodKind, type ReportPlan, titleOf } from '../plan.ts';
import { dataTable } from './data-table.ts';
import { definitions } from './definitions.ts';
import { methodName } from './section.ts';

/** How one setting is read: its name in words, and its value. */
interface SettingWords<Value> {
  readonly name: string;
  readonly value: (value: Value) => string;
}

type WordsOf<Config> = {
  readonly [Field in Exclude<keyof Config, 'kind' | 'key'>]: SettingWords<Config[Field]>;
};

const POSITIONS = {
  end: 'after the context',
  middle: 'in the middle of it',
  front: 'before the context',
} as const;
const VERSION = { name: 'version of the method', value: String };

/** Every setting of every kind of method, in the order of the page: a new one must be named here. */
const WORDS = {
  zeroshot: {
    prompts: { name: 'prompts', value: (prompts) => prompts.map((prompt) => `“${prompt}”`).join(', ') },
    version: VERSION,
  },
  linear_probe: { version: VERSION },
  coop: {
    nCtx: { name: 'context vectors M', value: String },
    position: { name: 'class name', value: (position) => POSITIONS[position] },
    csc: { name: 'context', value: (csc) => (csc ? 'one for each class' : 'one for all classes') },
    ctxInit: { name: 'initial words', value: (words) => (words === null ? 'none: random' : `“${words}”`) },
    epochs: { name: 'epochs', value: String },
    batchSize: { name: 'batch size', value: String },
    learningRate: { name: 'learning rate', value: String },
    momentum: { name: 'momentum', value: String },
    weightDecay: { name: 'weight decay', value: String },
    warmupEpochs: { name: 'warm-up epochs', value: String },
    warmupLearningRate: { name: 'warm-up learning rate', value: String },
    views: {
      name: 'views of a picture',
      value: (views) => (views === 'fresh' ? 'a new crop every time' : `${views} fixed crops`),
    },
    version: VERSION,
  },
} as const satisfies {
  readonly zeroshot: WordsOf<ZeroShotConfig>;
  readonly linear_probe: WordsOf<LinearProbeConfig>;
  readonly coop: WordsOf<CoOpConfig>;
};

const KINDS = {
  zeroshot: 'zero-shot',
  linear_probe: 'linear-probe',
  coop: 'CoOp',
} as const satisfies Record<MethodConfig['kind'], string>;

/** A setting of one method in words; one that changes says which value goes with which shots or sets. */
interface Setting {
  readonly name: string;
  readonly text: string;
}

/** Lists of settings: a block a method, or where several methods are of one kind, a block of what they share. */
export function settingBlocks(plan: ReportPlan): readonly SafeHtml[] {
  return kindsOf(plan).map((methods) => {
    const [only] = methods;
    const shared = sharedSettings(plan, methods);
    const head =
      methods.length === 1
        ? methodName(plan, only)
        : `${methods.length === 2 ? 'Both' : `All ${methods.length}`} ${kindWords(plan, only)} methods`;
    return html`<div><h3>${head}</h3>${definitions(shared.map(({ name, text }) => [name, text]))}</div>`;
  });
}

/** A table for each kind with several methods: what differs between them. */
export function settingTables(plan: ReportPlan): readonly SafeHtml[] {
  return kindsOf(plan).flatMap((methods) => {
    const shared = new Set(sharedSettings(plan, methods).map(({ name }) => name));
    const differing = settingsOf(plan, methods[0]).filter(({ name }) => !shared.has(name));
    if (differing.length === 0) return [];
    const table = dataTable({
      caption: `Where the ${kindWords(plan, methods[0])} methods differ`,
      columns: [{ head: 'Method' }, ...differing.map(({ name }): { head: HtmlValue } => ({ head: name }))],
      rows: methods.map((method) => {
        const settings = settingsOf(plan, method);
        const fields = differing.map(({ name }) => {
          return { content: settings.find((setting) => setting.name === name)?.text };
        });
        return [{ content: methodName(plan, method) }, ...fields];
      }),
    });
    return [table];
  });
}

function kindWords(plan: ReportPlan, method: string): string {
  const kind = methodKind(plan, method);
  return kind === null ? '' : KINDS[kind];
}

/** Keys of the plan's methods by kind, in the plan's order. */
function kindsOf(plan: ReportPlan): readonly (readonly [string, ...string[]])[] {
  const kinds = new Map<string, [string, ...string[]]>();
  for (const { key } of plan.methods) {
    const kind = methodKind(plan, key);
    if (kind === null) continue;
    const methods = kinds.get(kind);
    if (methods === undefined) kinds.set(kind, [key]);
    else methods.push(key);
  }
  return [...kinds.values()];
}

/** Settings that all of some methods of one kind have with the same value. */
function sharedSettings(plan: ReportPlan, methods: readonly [string, ...string[]]): readonly Setting[] {
  const [first, ...others] = methods.map((method) => settingsOf(plan, method));
  return first!.filter(({ name, text }) => {
    return others.every((settings) => settings.some((other) => other.name === name && other.text === text));
  });
}

function settingsOf(plan: ReportPlan, method: string): readonly Setting[] {
  const cells = plan.cells.map(({ cell }) => cell).filter((cell) => cell.method.key === method);
  const [first] = cells;
  if (first === undefined) return [];
  return wordsOf(first.method).map(({ name }, index) => {
    const values = new Map<string, { readonly shots: Set<number>; readonly sets: Set<string> }>();
    for (const cell of cells) {
      const { text } = wordsOf(cell.method)[index]!;
      const where = values.get(text) ?? { shots: new Set(), sets: new Set() };
      where.shots.add(cell.shots);
      where.sets.add(titleOf(plan.datasets, cell.dataset.key));
      values.set(text, where);
    }
    if (values.size === 1) return { name, text: [...values.keys()].join() };
    const byShots = disjoint([...values.values()].map(({ shots }) => shots));
    const lines = [...values].map(([text, { shots, sets }]) => {
      return byShots ? `${text} (${[...shots].join(', ')} shots)` : `${text} (${[...sets].join(', ')})`;
    });
    return { name, text: lines.join('; ') };
  });
}

function wordsOf(config: MethodConfig): readonly Setting[] {
  if (config.kind === 'zeroshot') return settingWords(WORDS.zeroshot, config);
  if (config.kind === 'linear_probe') return settingWords(WORDS.linear_probe, config);
  return settingWords(WORDS.coop, config);
}

function settingWords<Config extends object>(words: WordsOf<Config>, config: Config): readonly Setting[] {
  const fields = Object.keys(words) as (keyof WordsOf<Config>)[];
  return fields.map((field) => {
    const { name, value } = words[field];
    return { name, text: value(config[field]) };
  });
}

/** Whether no value is in two of the sets. */
function disjoint(sets: readonly ReadonlySet<number>[]): boolean {
  const all = sets.flatMap((set) => [...set]);
  return new Set(all).size === all.length;
}

import { type MethodChoices, settingTitle, shortNumber } from '../chosen.ts';
import { plural, slug } from '../format.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { methodKind, methodSettings, type ReportPlan, titleOf } from '../plan.ts';
import { dataTable } from './data-table.ts';
import { definitions } from './definitions.ts';
import { methodName } from './section.ts';

/** A setting of one method in words; one that changes says which value goes with which shots or sets. */
interface Setting {
  readonly name: string;
  readonly text: string;
}

/** Lists of settings: a block a method, or where several methods are of one kind, a block of what they share. */
export function settingBlocks(plan: ReportPlan, choices: readonly MethodChoices[]): readonly SafeHtml[] {
  return kindsOf(plan).map((methods) => {
    const [only] = methods;
    const shared = sharedSettings(plan, methods);
    const head =
      methods.length === 1
        ? methodName(plan, only)
        : `${methods.length === 2 ? 'Both' : `All ${methods.length}`} ${kindWords(plan, only)} methods`;
    const chosen = methods.flatMap((method) => chosenSettings(plan, method, choices, methods.length > 1));
    return html`<div><h3>${head}</h3>${definitions([...shared, ...chosen].map(({ name, text }) => [name, text]))}</div>`;
  });
}

/** What a method chose for itself on validation pictures: from which values, and where the choices lie. */
function chosenSettings(
  plan: ReportPlan,
  method: string,
  choices: readonly MethodChoices[],
  named: boolean,
): readonly Setting[] {
  const settings = new Set(choices.filter((of) => of.method === method).map(({ setting }) => setting));
  return [...settings].map((setting) => {
    const mine = choices.filter((of) => of.method === method && of.setting === setting);
    const runs = mine.flatMap((of) => of.choices);
    const values = runs.map(({ value }) => value);
    const [low, high] = [Math.min(...values), Math.max(...values)].map(shortNumber);
    const tried = Math.max(...runs.map((choice) => choice.tried.length));
    const from = tried > 0 ? `, each of up to ${tried} tried` : '';
    const of = named ? ` of ${titleOf(plan.methods, method)}` : '';
    return {
      name: `${settingTitle(setting)}${of}, chosen on validation pictures`,
      text: `${low === high ? low : `${low} to ${high}`} in ${plural(runs.length, 'run')}${from}`,
    };
  });
}

/** A table for each kind with several methods: what differs between them. */
export function settingTables(plan: ReportPlan): readonly SafeHtml[] {
  return kindsOf(plan).flatMap((methods) => {
    const shared = new Set(sharedSettings(plan, methods).map(({ name }) => name));
    const differing = settingsOf(plan, methods[0]).filter(({ name }) => !shared.has(name));
    if (differing.length === 0) return [];
    const table = dataTable({
      name: `settings-${slug(methodKind(plan, methods[0]) ?? '')}`,
      caption: `Where the ${kindWords(plan, methods[0])} methods differ`,
      columns: [{ head: 'Method' }, ...differing.map(({ name }): { head: HtmlValue } => ({ head: name }))],
      rows: methods.map((method) => {
        const settings = settingsOf(plan, method);
        const fields = differing.map(({ name }) => {
          return { content: settings.find((setting) => setting.name === name)?.text };
        });
        return [{ content: methodName(plan, method), method }, ...fields];
      }),
    });
    return [table];
  });
}

function kindWords(plan: ReportPlan, method: string): string {
  const settings = methodSettings(plan, method);
  return settings === null ? '' : plan.kindTitle(settings);
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
  return plan.settingWords(first.method).map(({ name }, index) => {
    const values = new Map<string, { readonly shots: Set<number>; readonly sets: Set<string> }>();
    for (const cell of cells) {
      const { text } = plan.settingWords(cell.method)[index]!;
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

/** Whether no value is in two of the sets. */
function disjoint(sets: readonly ReadonlySet<number>[]): boolean {
  const all = sets.flatMap((set) => [...set]);
  return new Set(all).size === all.length;
}

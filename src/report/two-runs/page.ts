import { DASH, integer, percent, plural, points } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { commandBox } from '../page/command-box.ts';
import { dataTable, type Field } from '../page/data-table.ts';
import { figure, type PageFigure } from '../page/figure.ts';
import { sectionLink } from '../page/header.ts';
import { type Section, section } from '../page/section.ts';
import { pageShell } from '../page/shell.ts';
import type { RunContrast, RunPair } from './pair-runs.ts';
import type { RunFact } from './what-differs.ts';

/** What the page about two runs is made from. */
export interface TwoRunsPage {
  readonly names: readonly [a: string, b: string];
  readonly cells: readonly [a: number, b: number];
  readonly command: string;
  readonly contrasts: readonly RunContrast[];
  readonly different: readonly RunFact[];
  readonly same: readonly RunFact[];
  readonly drawing: PageFigure | null;
  readonly methodTitle: (key: string) => string;
  readonly datasetTitle: (key: string) => string;
}

/** Two runs side by side: what differs, by how much, and on which sets. */
export function renderTwoRuns(page: TwoRunsPage): SafeHtml {
  const { names, cells } = page;
  const sections = [differentSection(page), overSection(page), setsSection(page), commandSection(page)];
  const header = html`<header>
<h1>Two runs side by side</h1>
<p class="lead">${summary(page)}</p>
<ul class="facts"><li>A <strong>${names[0]}</strong>, ${plural(cells[0], 'cell')}</li><li>B <strong>${names[1]}</strong>, ${plural(cells[1], 'cell')}</li></ul>
<nav aria-label="Sections">${sections.map(sectionLink)}</nav>
</header>`;
  return pageShell({
    title: 'Two runs side by side',
    header,
    main: sections.map(({ body }) => body),
    footer: html`The numbers behind this page: <a href="comparison.csv">comparison.csv</a>, its tables in <a href="tables/">tables</a>. Made by coop-bench.`,
  });
}

/** A method and shot count, with the names of both runs where they differ. */
export function contrastName(
  { methods, backbones, shots }: RunContrast,
  title: (key: string) => string,
  several: boolean,
): string {
  const both = ([a, b]: readonly [string, string], read = (key: string) => key) =>
    a === b ? read(a) : `${read(a)} → ${read(b)}`;
  const model = several || backbones[0] !== backbones[1] ? `, ${both(backbones)}` : '';
  return `${both(methods, title)}${shots === 0 ? '' : `, ${plural(shots, 'shot')}`}${model}`;
}

const severalBackbones = ({ contrasts }: TwoRunsPage) =>
  new Set(contrasts.map(({ backbones }) => backbones.join(' '))).size > 1;

/** The largest difference that is no chance, or that there is none. */
function summary(page: TwoRunsPage): string {
  const { contrasts } = page;
  if (contrasts.length === 0) return 'The two runs have no cell in common: nothing can be compared.';
  const clear = contrasts.filter(
    ({ interval }) => interval !== null && (interval.low > 0 || interval.high < 0),
  );
  const counted = `${plural(contrasts.length, 'pair')} of methods and shot counts in common`;
  const [largest] = [...clear].sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference));
  if (largest === undefined) {
    return `${counted}; in none does the 95 % interval exclude zero: the differences seen may be chance.`;
  }
  const name = contrastName(largest, page.methodTitle, severalBackbones(page));
  const { difference, interval, pairs } = largest;
  return `${counted}; in ${integer(clear.length)} the 95 % interval excludes zero. The largest: ${name}, B ${difference > 0 ? 'ahead' : 'behind'} by ${percent(Math.abs(difference))} points (${points(interval!.low)} to ${points(interval!.high)}, over ${plural(pairs.length, 'set')}).`;
}

function differentSection({ different, same }: TwoRunsPage): Section {
  const table = dataTable({
    name: 'what-differs',
    caption: 'What the two runs have different',
    columns: [{ head: 'What' }, { head: 'A' }, { head: 'B' }],
    rows: different.map(({ what, a, b }) => [
      { content: what },
      { content: a === '' ? DASH : a, className: 'wrap' },
      { content: b === '' ? DASH : b, className: 'wrap' },
    ]),
  });
  const content = html`${different.length === 0 ? html`<p>Nothing that records tell of differs.</p>` : table}${
    same.length > 0 &&
    html`<details><summary>The same in both</summary><ul class="plain">${same.map(({ what, a }) => html`<li>${what}: ${a}</li>`)}</ul></details>`
  }`;
  return section('different', 'What differs', null, content);
}

function overSection(page: TwoRunsPage): Section {
  const { contrasts, drawing } = page;
  const several = severalBackbones(page);
  const note =
    'B minus A on what both have. Over several sets the unit is the set: seeds are averaged first, the interval is over sets (paired, two-sided t, 95 %). Of one set alone it is over its test pictures (bootstrap, 95 %). Where the runs have seeds in common, only these count: the same draws; else each run’s own seeds are averaged, and the difference holds the draws too.';
  const table = dataTable({
    name: 'run-differences',
    caption: 'B minus A, in percentage points',
    columns: [
      { head: 'Method' },
      { head: 'Difference', numeric: true },
      { head: '95 % interval', numeric: true, copy: ['Low', 'High'] },
      { head: 'B better on', numeric: true, copy: ['B better on', 'Sets'] },
      { head: 'Seeds' },
    ],
    rows: contrasts.map((contrast) => {
      const { difference, interval, pairs } = contrast;
      const wins = pairs.filter((pair) => pair.difference > 0).length;
      return [
        { content: contrastName(contrast, page.methodTitle, several) },
        { content: html`<b>${points(difference, 2)}</b>`, sort: difference, copy: [percent(difference, 4)] },
        interval === null
          ? { content: DASH, sort: null, copy: ['', ''] }
          : {
              content: `${points(interval.low, 2)} to ${points(interval.high, 2)}`,
              sort: interval.low,
              copy: [percent(interval.low, 4), percent(interval.high, 4)],
            },
        {
          content: `${wins} of ${plural(pairs.length, 'set')}`,
          sort: wins / pairs.length,
          copy: [wins, pairs.length],
        },
        { content: pairs.every(({ sameSeeds }) => sameSeeds) ? 'the same' : 'each its own' },
      ];
    }),
  });
  const drawn =
    drawing !== null &&
    figure(
      drawing,
      'B minus A with 95 % intervals, a row a method and shot count; the numbers stand in the table below.',
      'Right of the line B is ahead. An interval that crosses the line may be chance.',
    );
  return section('over', 'Differences', note, html`${drawn}${contrasts.length > 0 && table}`);
}

function setsSection(page: TwoRunsPage): Section {
  const several = severalBackbones(page);
  const tables = page.contrasts.map((contrast, index) =>
    dataTable({
      name: `sets-${index + 1}`,
      caption: contrastName(contrast, page.methodTitle, several),
      columns: [
        { head: 'Dataset' },
        { head: 'A, %', numeric: true, copy: ['A', 'A std'] },
        { head: 'B, %', numeric: true, copy: ['B', 'B std'] },
        { head: 'B minus A', numeric: true, copy: ['B minus A', 'Low', 'High'] },
      ],
      rows: contrast.pairs.map((pair) => [
        { content: setTitle(page, pair) },
        sideField(pair.a, pair.b),
        sideField(pair.b, pair.a),
        differenceField(pair),
      ]),
    }),
  );
  const [first, ...rest] = tables;
  const content = html`${first}${
    rest.length > 0 && html`<details><summary>${plural(rest.length, 'more table')}</summary>${rest}</details>`
  }`;
  const note =
    'Mean over seeds ± standard deviation (divisor n), the better one in bold; differences with intervals over test pictures where both runs scored the same ones.';
  return section('sets', 'Set by set', note, content);
}

function setTitle({ datasetTitle }: TwoRunsPage, { dataset, target }: RunPair): string {
  return target === dataset ? datasetTitle(dataset) : `${datasetTitle(dataset)} → ${datasetTitle(target)}`;
}

function sideField(mine: RunPair['a'], other: RunPair['a']): Field {
  const number = percent(mine.accuracy);
  const spread = mine.seeds.length > 1 && html` <small>± ${percent(mine.std)}</small>`;
  return {
    content: html`${mine.accuracy > other.accuracy ? html`<b>${number}</b>` : number}${spread}`,
    sort: mine.accuracy,
    copy: [percent(mine.accuracy, 4), percent(mine.std, 4)],
  };
}

function differenceField({ difference, interval }: RunPair): Field {
  const range =
    interval !== null &&
    html` <small class="keep">${points(interval.low)} to ${points(interval.high)}</small>`;
  return {
    content: html`${points(difference)}${range}`,
    sort: difference,
    copy: [
      percent(difference, 4),
      ...(interval === null ? ['', ''] : [percent(interval.low, 4), percent(interval.high, 4)]),
    ],
  };
}

function commandSection({ command }: TwoRunsPage): Section {
  return section('setup', 'How this was made', null, commandBox(command));
}

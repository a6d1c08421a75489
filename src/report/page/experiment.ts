import type { ReportCost } from '../cost.ts';
import type { BackboneAnswers } from '../findings/finding.ts';
import { integer, plural } from '../format.ts';
import { headlineComparisons } from '../headline.ts';
import { type HtmlValue, html, type SafeHtml } from '../html.ts';
import { backbonesOf, type TitledKey } from '../plan.ts';
import type { Problems } from '../problems.ts';
import type { ExperimentPlan } from '../write-experiment.ts';
import { commandBox } from './command-box.ts';
import { costSection } from './cost.ts';
import { definitions } from './definitions.ts';
import { figure } from './figure.ts';
import { findingsSection } from './findings.ts';
import { banner, reloadNote, sectionLink } from './header.ts';
import { headlineTitle } from './headline.ts';
import type { PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';
import { pageShell } from './shell.ts';

/** What the page over several studies is made from. */
interface ExperimentPage {
  readonly experiment: ExperimentPlan;
  /** Of the studies, in their order. */
  readonly pages: readonly PageInput[];
  readonly methods: readonly TitledKey[];
  /** Planned, those that studies share counted once. */
  readonly cells: number;
  readonly problems: Problems;
  readonly findings: readonly BackboneAnswers[];
  readonly cost: ReportCost;
}

/** The page over several studies: each one's answer in a sentence and a figure, and what they say together. */
export function renderExperimentPage(page: ExperimentPage): SafeHtml {
  const { experiment, pages, methods, cells, problems, findings, cost } = page;
  const sections = [
    ...pages.map(studySection),
    findingsSection(findings, problems.limit !== null),
    costSection({ methods }, cost),
    setupSection(page),
  ].filter((section) => section !== null);
  const done = cells - problems.missing.length - problems.failed.length;
  const backbones = [...new Set(pages.flatMap(({ plan }) => backbonesOf(plan)))];
  const header = html`<header>
<h1>${experiment.title}</h1>
${experiment.introduction !== undefined && html`<p class="lead">${experiment.introduction}</p>`}
<ul class="facts"><li><strong>${plural(pages.length, 'study', 'studies')}</strong></li><li><strong>${integer(done)}</strong> of ${integer(cells)} cells</li><li>backbone <strong>${backbones.join(', ')}</strong></li></ul>
${banner(problems, cells, null)}
${reloadNote(experiment)}
<nav aria-label="Sections">${sections.map(sectionLink)}</nav>
</header>`;
  return pageShell({
    title: experiment.title,
    header,
    main: sections.map(({ body }) => body),
    footer: html`The numbers of all studies: <a href="cells.csv">cells.csv</a> (one row a run), <a href="summary.csv">summary.csv</a> (means by study), <a href="findings.csv">findings.csv</a> (the paper’s conclusions), <a href="timings.csv">timings.csv</a> and <a href="cost.json">cost.json</a> (times and hosts). Made by coop-bench.`,
  });
}

/** A study's headline and figure, and the way to its page. */
function studySection(input: PageInput): Section {
  const { plan } = input;
  const link = `${plan.experiment}/index.html`;
  const parts = perBackbone(input, (part) => studyAnswer(input, part));
  const introduction: HtmlValue = plan.introduction === '' ? null : (plan.introduction ?? null);
  const content = html`${parts ?? html`<p>No result yet.</p>`}<p><a href="${link}">All of this study</a></p>`;
  return section(`study-${plan.experiment}`, plan.title, introduction, content);
}

function studyAnswer({ plan }: PageInput, part: PageInput['backbones'][number]): SafeHtml | null {
  const [first] = headlineComparisons(plan, part.comparisons);
  const drawing = part.figures.headline;
  if (first === undefined && drawing === undefined) return null;
  return html`${first !== undefined && html`<p><b>${headlineTitle(plan, first)}.</b></p>`}${
    drawing !== undefined &&
    figure(
      drawing,
      `Accuracy by method, ${part.backbone}; the numbers stand on the study’s page.`,
      'Mean over seeds with ± one standard deviation.',
      { folder: `${plan.experiment}/` },
    )
  }`;
}

function setupSection({ experiment, pages }: ExperimentPage): Section {
  const [first] = pages;
  const content = html`${commandBox(experiment.command)}
<div class="columns"><div><h3>Versions</h3>${definitions(Object.entries(first?.plan.versions ?? {}))}</div></div>
<p>Settings, pictures used and how the numbers are computed stand on the studies’ pages.</p>`;
  return section('setup', 'How this was run', null, content);
}

import { html, type SafeHtml } from '../html.ts';
import { wordRows } from '../words-rows.ts';
import { chosenSection } from './chosen.ts';
import { classesSection } from './classes.ts';
import { costSection } from './cost.ts';
import { differencesSection } from './differences.ts';
import { filterBar } from './filter.ts';
import { findingsSection } from './findings.ts';
import { pageHeader } from './header.ts';
import { headlineSection } from './headline.ts';
import type { PageInput } from './input.ts';
import { overviewSection } from './overview.ts';
import { paperSection } from './paper.ts';
import { picturesSection } from './pictures.ts';
import { problemsSection } from './problems.ts';
import { resultsSection, summaryTable } from './results-tables.ts';
import { setupSection } from './setup.ts';
import { pageShell } from './shell.ts';
import { stripsSection } from './strips.ts';
import { trainingSection } from './training.ts';
import { wordsSection } from './words.ts';

/** The report's page: self-contained, and all of its numbers are in the files beside it. */
export function renderPage(input: PageInput): SafeHtml {
  const sections = [
    headlineSection(input),
    findingsSection(input.findings, input.problems.limit !== null),
    overviewSection(input),
    resultsSection(input),
    paperSection(input),
    differencesSection(input),
    classesSection(input),
    stripsSection(input),
    wordsSection(input),
    chosenSection(input),
    trainingSection(input),
    picturesSection(input),
    problemsSection(input),
    costSection(input.plan, input.cost),
    setupSection(input),
  ].filter((section) => section !== null);
  const all =
    input.tables.summary.length > 0 &&
    html`<details><summary>All means in one table</summary>${summaryTable(input)}</details>`;
  const filter = filterBar(input.plan);
  const bodies = sections.map(({ id, body }) => {
    if (id === 'headline') return html`${body}${filter}`;
    return id === 'results' ? html`${body}${all}` : body;
  });
  return pageShell({
    title: input.plan.title,
    header: pageHeader(input, sections),
    main: bodies,
    footer: html`The numbers behind this page: <a href="cells.csv">cells.csv</a> (one row a run), <a href="summary.csv">summary.csv</a> (means), <a href="differences.csv">differences.csv</a> (between methods, with intervals), <a href="per_class.csv">per_class.csv</a> (right answers by class), ${input.backbones.some(({ confusions }) => confusions.length > 0) && html`<a href="confusion.csv">confusion.csv</a> (what wrong answers were), `}${input.backbones.some(({ runs }) => runs !== null && wordRows(runs.results).length > 0) && html`<a href="words.csv">words.csv</a> (nearest words), `}<a href="findings.csv">findings.csv</a> (the paper’s conclusions), <a href="results.json">results.json</a> and <a href="cells.parquet">cells.parquet</a> (for other tools), <a href="timings.csv">timings.csv</a> and <a href="cost.json">cost.json</a> (times and hosts), the tables of this page in <a href="tables/">tables</a> and the figures in <a href="plots/">plots</a>. Made by coop-bench.`,
  });
}

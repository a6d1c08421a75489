import { createHash } from 'node:crypto';
import { html, trusted } from '../html.ts';
import { chosenSection } from './chosen.ts';
import { differencesSection } from './differences.ts';
import { findingsSection } from './findings.ts';
import { pageHeader } from './header.ts';
import { headlineSection } from './headline.ts';
import type { PageInput } from './input.ts';
import { lossSection, overviewSection } from './overview.ts';
import { paperSection } from './paper.ts';
import { picturesSection } from './pictures.ts';
import { problemsSection } from './problems.ts';
import { resultsSection, summaryTable } from './results-tables.ts';
import { PAGE_SCRIPT } from './script.ts';
import { setupSection } from './setup.ts';
import { PAGE_STYLE } from './style.ts';
import { wordsSection } from './words.ts';

/**
 * The report as one self-contained HTML file: style, script and figures are inside, nothing is loaded.
 *
 * The page's policy forbids every request, and every script but its own (by hash), so that even text that
 * slipped through the escaping could not run.
 */
export function renderPage(input: PageInput): string {
  const sections = [
    headlineSection(input),
    findingsSection(input.findings, input.problems.limit !== null),
    overviewSection(input),
    resultsSection(input),
    paperSection(input),
    differencesSection(input),
    chosenSection(input),
    wordsSection(input),
    lossSection(input),
    picturesSection(input),
    problemsSection(input),
    setupSection(input),
  ].filter((section) => section !== null);
  const hash = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  const all =
    input.tables.summary.length > 0 &&
    html`<details><summary>All means in one table</summary>${summaryTable(input)}</details>`;
  const bodies = sections.map(({ id, body }) => (id === 'results' ? html`${body}${all}` : body));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${input.plan.title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
${pageHeader(input, sections)}
<main>${bodies}
</main>
<footer><div>The numbers behind this page: <a href="cells.csv">cells.csv</a> (one row a run), <a href="summary.csv">summary.csv</a> (means), <a href="differences.csv">differences.csv</a> (between methods, with intervals), <a href="per_class.csv">per_class.csv</a> (right answers by class), <a href="findings.csv">findings.csv</a> (the paper’s conclusions), <a href="timings.csv">timings.csv</a> (times and hosts), and the figures in <a href="plots/">plots</a>. Made by coop-bench.</div></footer>
<div id="tip" role="tooltip" hidden></div>
<div id="announce" class="unseen" role="status"></div>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return page.markup;
}

import type { SafeHtml } from './html.ts';
import type { ReportFolder } from './report-folder.ts';
import { tableFiles } from './table-files/formats.ts';

/** Writes a page's tables to `tables/` as CSV, Markdown and LaTeX and, last, the page. */
export function writePage(folder: ReportFolder, page: SafeHtml): void {
  const names = new Set<string>();
  for (const table of page.tables) {
    if (names.has(table.name)) throw new Error(`internal: two tables of a page are named ${table.name}`);
    names.add(table.name);
    for (const [ending, text] of Object.entries(tableFiles(table))) {
      folder.write(`tables/${table.name}.${ending}`, text);
    }
  }
  folder.write('index.html', page.markup);
}

import type { SafeHtml } from './html.ts';
import type { ReportFolder } from './report-folder.ts';
import { tableFiles } from './table-files/formats.ts';

/** Writes a page's tables to `tables/` as CSV, Markdown and LaTeX and, when all else is written, the page. */
export async function writePage(folder: ReportFolder, page: SafeHtml): Promise<void> {
  const names = new Set<string>();
  for (const table of page.tables) {
    if (names.has(table.name)) throw new Error(`internal: two tables of a page are named ${table.name}`);
    names.add(table.name);
    for (const [ending, text] of Object.entries(tableFiles(table))) {
      folder.write(`tables/${table.name}.${ending}`, text);
    }
  }
  await folder.settled();
  folder.write('index.html', page.markup);
}

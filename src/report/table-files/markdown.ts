import { plainText, type Run, type TextTable } from './text-table.ts';

/** Text that Markdown and the HTML in it leave alone, on one line. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~$&]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}

/** Weights as stars, which must touch the words. */
function runsText(runs: readonly Run[]): string {
  return runs
    .map(({ text, bold }) => {
      const words = text.trim();
      if (!bold || words === '') return escapeMarkdown(text);
      return text.replace(words, () => `**${escapeMarkdown(words)}**`);
    })
    .join('');
}

/** A table of GitHub's Markdown, its caption as a bold line before it. */
export function markdownTable({ caption, columns, rows, foot }: TextTable): string {
  const line = (fields: readonly string[]) => `| ${fields.join(' | ')} |`;
  const all = [...rows, ...foot].map((row) => line(row.map(({ runs }) => runsText(runs))));
  return [
    `**${escapeMarkdown(plainText(caption))}**`,
    '',
    line(columns.map(({ head }) => runsText(head))),
    line(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
    ...all,
    '',
  ].join('\n');
}

import type { Run, TextTable } from './text-table.ts';

/** Characters that mean something to LaTeX, and those of our pages that older fonts lack. */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '[': '{[}',
  ']': '{]}',
  '±': '$\\pm$',
  '−': '$-$',
  '×': '$\\times$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '→': '$\\rightarrow$',
  α: '$\\alpha$',
  β: '$\\beta$',
  '–': '--',
  '—': '---',
  '†': '\\textdagger{}',
  '·': '\\textperiodcentered{}',
  '…': '\\ldots{}',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
  '\u00a0': '~',
};

/** Text that LaTeX sets as it is; characters beyond ours need a UTF-8 engine's fonts. */
export function escapeLatex(text: string): string {
  // The whole of a run of control characters is a space: none of them can be set.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const printable = text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
  return [...printable].map((character) => SPECIAL[character] ?? character).join('');
}

function runsText(runs: readonly Run[]): string {
  return runs.map(({ text, bold }) => (bold ? `\\textbf{${escapeLatex(text)}}` : escapeLatex(text))).join('');
}

/** A `table` with booktabs' rules. */
export function latexTable({ name, caption, columns, rows, foot }: TextTable): string {
  const lines = (some: TextTable['rows']) =>
    some.map((row) => `${row.map(({ runs }) => runsText(runs)).join(' & ')} \\\\`);
  return [
    '% In the preamble: \\usepackage[T1]{fontenc} \\usepackage{textcomp} \\usepackage{booktabs}',
    '\\begin{table}',
    '\\centering',
    `\\caption{${runsText(caption)}}`,
    `\\label{tab:${name}}`,
    `\\begin{tabular}{${columns.map(({ numeric }) => (numeric ? 'r' : 'l')).join('')}}`,
    '\\toprule',
    `${columns.map(({ head }) => runsText(head)).join(' & ')} \\\\`,
    '\\midrule',
    ...lines(rows),
    ...(foot.length > 0 ? ['\\midrule', ...lines(foot)] : []),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { html } from '../../src/report/html.ts';
import { dataTable } from '../../src/report/page/data-table.ts';
import { tableFiles } from '../../src/report/table-files/formats.ts';

// Every table of the committed example, and one whose names are what LaTeX would read as commands.

const EXAMPLE = fileURLToPath(new URL('../../reports/example/fewshot/tables', import.meta.url));
const HOSTILE = '\\input{/etc/passwd} & % _ # $x^2$ { } ~ ^ | [a] ± − × ≤ ≥ → α β – † · … ’“” "q" <b> \\\\ é';
const [hostile] = dataTable({
  name: 'odd',
  caption: html`Odd <small>${HOSTILE}</small>`,
  columns: [{ head: HOSTILE }, { head: 'Accuracy', numeric: true }],
  rows: [[{ content: HOSTILE }, { content: html`<b>80.4</b> <small>± 0.3</small>` }]],
  foot: [[{ content: 'Average' }, { content: '–' }]],
}).tables;

const tables = new Map([
  ['odd.tex', tableFiles(hostile!).tex],
  ...readdirSync(EXAMPLE)
    .filter((name) => name.endsWith('.tex'))
    .map((name) => [name, readFileSync(join(EXAMPLE, name), 'utf8')] as const),
]);

test('each row of a LaTeX table has a field a column, and nothing is left unescaped', () => {
  assert.ok(tables.size > 10);
  for (const [name, tex] of tables) {
    const columns = /\\begin\{tabular\}\{([lr]+)\}/.exec(tex)?.[1]?.length;
    const body = tex.slice(tex.indexOf('\\toprule'), tex.indexOf('\\bottomrule'));
    const rows = body.split('\n').filter((line) => line.endsWith(' \\\\'));
    assert.ok(rows.length > 1, name);
    for (const row of rows) {
      const bare = row.replace(/ \\\\$/, '').replaceAll(/\\[&%_#${}]/g, '');
      assert.equal(bare.split('&').length, columns, `${name}: ${row}`);
      assert.doesNotMatch(bare, /[%#_]/, name);
      assert.equal(bare.split('$').length % 2, 1, `${name}: ${row}`);
      assert.equal(bare.split('{').length, bare.split('}').length, `${name}: ${row}`);
    }
  }
});

const found = spawnSync('pdflatex', ['--version']).status === 0;
const packages = found && spawnSync('kpsewhich', ['booktabs.sty']).status === 0;

test('the tables compile', { skip: !packages && 'no pdflatex with booktabs here' }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'tables-'));
  try {
    for (const [name, tex] of tables) writeFileSync(join(dir, name), tex);
    const inputs = [...tables.keys()].map((name) => `\\input{${name}}\n\\clearpage`);
    const head = ['\\documentclass{article}', '\\usepackage[T1]{fontenc}', '\\usepackage{textcomp}'];
    const document = [
      ...head,
      '\\usepackage{booktabs}',
      '\\begin{document}',
      ...inputs,
      '\\end{document}',
      '',
    ];
    writeFileSync(join(dir, 'all.tex'), document.join('\n'));
    const { status, stdout } = spawnSync(
      'pdflatex',
      ['-interaction=nonstopmode', '-halt-on-error', '-no-shell-escape', 'all.tex'],
      { cwd: dir, encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout.slice(-1500));
    assert.match(stdout, new RegExp(`Output written on all.pdf \\(${tables.size} pages?`));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

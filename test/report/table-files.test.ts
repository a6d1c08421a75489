import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { html } from '../../src/report/html.ts';
import { dataTable } from '../../src/report/page/data-table.ts';
import { tableFiles } from '../../src/report/table-files/formats.ts';
import { escapeLatex } from '../../src/report/table-files/latex.ts';

const HOSTILE = '\\input{x} & % _ # $ { } ~ ^ | * ` <b>not bold</b> "q" \n next';
const [table] = dataTable({
  name: 'odd',
  caption: html`Odd <small>${HOSTILE}</small>`,
  columns: [{ head: 'Name' }, { head: 'Accuracy', numeric: true, copy: ['Accuracy', 'Std'] }],
  rows: [
    [
      { content: HOSTILE },
      {
        content: html`<b>80.4</b> <small>± 0.3</small><small class="paper">paper 79.1 gap +1.3</small>`,
        copy: ['80.4321', '0.3'],
      },
    ],
  ],
  foot: [[{ content: 'Average' }, { content: '–', copy: ['', ''] }]],
}).tables;
const { csv, md, tex } = tableFiles(table!);

test('a table’s CSV holds its names as they are and its full numbers', () => {
  assert.deepEqual(parse(csv), [
    ['Name', 'Accuracy', 'Std'],
    [HOSTILE.replace(/\s+/g, ' '), '80.4321', '0.3'],
    ['Average', '', ''],
  ]);
});

test('its Markdown has one line a row, the best in bold, and nothing of a name is markup', () => {
  const lines = md.trimEnd().split('\n');
  assert.equal(lines.length, 6);
  assert.equal(lines[3], '| --- | ---: |');
  assert.match(lines[4]!, /\| \*\*80\.4\*\* ± 0\.3; paper 79\.1 gap \+1\.3 \|$/);
  // Every bar inside the name is escaped: the row has two fields.
  assert.equal(lines[4]!.replace(/\\\|/g, '').split('|').length, 4);
  assert.ok(lines[4]!.includes('\\<b\\>not bold\\</b\\>'));
});

test('its LaTeX is booktabs’, balanced, and escapes what LaTeX would read', () => {
  for (const rule of ['\\toprule', '\\midrule', '\\bottomrule']) assert.ok(tex.includes(rule), rule);
  assert.match(tex, /\\begin\{tabular\}\{lr\}/);
  assert.match(tex, /\\textbf\{80\.4\} \$\\pm\$ 0\.3; paper 79\.1 gap \+1\.3 \\\\/);
  assert.ok(!tex.includes('\\input{'));
  const bare = tex.replace(/\\[\\{}]/g, '');
  assert.equal(bare.split('{').length, bare.split('}').length);
  // One row separator a row besides the escaped names.
  assert.equal(tex.split('\n').filter((line) => line.endsWith(' \\\\')).length, 3);
});

test('each special character of LaTeX has its command', () => {
  assert.equal(escapeLatex('&%_#$'), '\\&\\%\\_\\#\\$');
  assert.equal(escapeLatex('~^\\'), '\\textasciitilde{}\\textasciicircum{}\\textbackslash{}');
  assert.equal(escapeLatex('a\u0000\nb'), 'a b');
});

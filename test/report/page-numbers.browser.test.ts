import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import { type Browser, chromium, type Page } from 'playwright-core';
import { duration } from '../../src/report/format.ts';
import { writeReport } from '../../src/report/index.ts';
import { chromiumPath } from './chromium.ts';
import { plan, records } from './report-with-gaps.ts';

// Every number on the page is looked up in the CSV beside it that it should come from: a table's in its own file and row,
// a plotted point's in its figure's, a section's prose in the few files that it speaks of.

const run = { startedAt: '2026-11-23T09:59:00.000Z', elapsedMs: 83_000, workers: 2, threads: 1 };

let dir = '';
let browser: Browser;
let page: Page;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'report-numbers-'));
  await writeReport(dir, plan, records, run);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  page = await (await browser.newContext({ bypassCSP: true })).newPage();
  await page.goto(pathToFileURL(join(dir, 'index.html')).href);
});

after(async () => {
  await browser?.close();
  await rm(dir, { recursive: true, force: true });
});

const readText = (name: string): string => readFileSync(join(dir, name), 'utf8');
/** All numbers of a file. */
const valuesOf = (name: string) => [...new Set(numbersIn(readText(name)).map(Number))];
const readRows = (name: string) => parse(readText(name)) as string[][];

const NUMBER = /\d[\d,]*(?:\.\d+)?(?:e-?\d+)?/g;
const numbersIn = (text: string): string[] =>
  [...text.matchAll(NUMBER)].map(([number]) => number.replace(/,$/, '').replaceAll(',', ''));

/** Whether a shown number is a value rounded to as many digits; a fraction may be shown in percent. */
function shows(shown: string, value: number): boolean {
  const digits = shown.split('.')[1]?.length ?? 0;
  if (/e/.test(shown)) return Number(shown) === Number(Math.abs(value).toPrecision(3));
  const forms = [value, 100 * value].map((form) => Math.abs(form).toFixed(digits));
  return forms.includes(shown) || Number(shown) === Number(value.toPrecision(3));
}

/** Titles and class names have digits of their own. */
function withoutNames(text: string): string {
  const names = [...plan.methods, ...plan.datasets].map(({ title }) => title).concat('50 % $x^2$');
  return names.reduce((rest, name) => rest.replaceAll(name, ''), text).replaceAll(/thing[_ ]\d+/g, '');
}

test('every number of a table stands in its row of the table’s CSV', async () => {
  const tables = (await page.evaluate(`[...document.querySelectorAll('main .table')].map((block) => ({
    file: block.querySelector('a[href$=".csv"]').getAttribute('href'),
    rows: [...block.querySelectorAll('tbody tr, tfoot tr')].map((row) => [...row.cells].map((cell) => cell.textContent)),
  }))`)) as { file: string; rows: string[][] }[];
  assert.ok(tables.length > 10);
  const missing: string[] = [];
  let looked = 0;
  for (const { file, rows } of tables) {
    const [, ...stored] = readRows(file);
    assert.equal(stored.length, rows.length, file);
    rows.forEach((fields, i) => {
      const values = stored[i]!.flatMap(numbersIn).map(Number);
      for (const field of fields) {
        // Seconds of the CSV are shown in the unit that reads best; the length of a time is looked up in test/report/cost.
        // Of how many seeds a mean is where some are missing stands in summary.csv.
        const text = withoutNames(field).replaceAll(/[\d.]+ (?:ms|s|min|h)\b|\d+ of \d+ seeds/g, '');
        for (const number of numbersIn(text)) {
          looked += 1;
          if (!values.some((value) => shows(number, value))) missing.push(`${file}: ${number} in ${field}`);
        }
      }
    });
  }
  assert.ok(looked > 300);
  assert.deepEqual(missing, []);
});

test('what a plotted point tells is a row of its figure’s CSV, with that row’s number', async () => {
  const marks = (await page.evaluate(`[...document.querySelectorAll('main .canvas')].flatMap((canvas) => {
    const set = canvas.closest('.panel-grid [data-set]')?.dataset.set;
    const link = canvas.closest('figure').querySelector('figcaption a[href$=".csv"]').getAttribute('href');
    return [...canvas.querySelectorAll('[aria-label][aria-roledescription="point"], [aria-label][aria-roledescription="bar"], [aria-label][aria-roledescription="tick"]')]
      .map((mark) => ({ file: link, set, label: mark.getAttribute('aria-label') }));
  })`)) as { file: string; set?: string; label: string }[];
  assert.ok(marks.length > 50, String(marks.length));
  const missing: string[] = [];
  for (const { file, label } of marks) {
    const [head, ...rows] = readRows(file);
    const row = rows.find((fields) => fields[head!.indexOf('label')] === label);
    const values = row?.filter((_, i) => head![i] !== 'label').map(Number) ?? [];
    const [number] = numbersIn(label.slice(label.indexOf(':') + 1));
    if (!values.some((value) => shows(number!, value))) missing.push(`${file}: ${label}`);
  }
  assert.deepEqual(missing, []);
});

/** What each section's prose may take its numbers from; all else of it must be a setting. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  headline: ['differences.csv', 'summary.csv'],
  findings: ['findings.csv'],
  cost: ['cost.json'],
  setup: ['tables/chosen-linear-probe-c.csv'],
};

/** Numbers that every report says: the level of intervals and what is left of it on a side, "equal", n − 1, 100 %, SHA-256. */
const CONSTANTS = [95, 2.5, 1, 100, 256];

/** Settings and counts, from `results.json` alone. */
function settingsAndCounts(): ReadonlySet<number> {
  const results = JSON.parse(readText('results.json')) as {
    readonly shots: number[];
    readonly seeds: number[];
    readonly datasets: unknown[];
    readonly methods: unknown[];
    readonly cells: { readonly status: string; readonly cell: { readonly method: object } }[];
  };
  const { shots, seeds, datasets, methods, cells } = results;
  const states = ['ok', 'failed', 'missing'].map((state) => {
    return cells.filter(({ status }) => status === state).length;
  });
  const configured = cells.flatMap(({ cell }) =>
    Object.values(cell.method).filter((value): value is number => typeof value === 'number'),
  );
  return new Set([
    ...[...shots, ...seeds, ...configured, ...states],
    ...[datasets, methods, cells, seeds].map(({ length }) => length),
  ]);
}

/** The lengths of time of `cost.json` as the page writes them. */
function times(): readonly string[] {
  const { run } = JSON.parse(readText('cost.json')) as {
    readonly run: { readonly elapsedMs: number; readonly computed: { readonly ownMs: number } };
  };
  return [run.elapsedMs, run.computed.ownMs].map(duration);
}

test('every number of the page’s words is in a CSV that they speak of, or a setting of the run', async () => {
  const parts =
    (await page.evaluate(`[...document.querySelectorAll('body > header, main section, body > footer, #filter')].map((part) => {
    const copy = part.cloneNode(true);
    for (const other of copy.querySelectorAll('table, svg, template, script, .tools, .files, code, pre, .strip li')) other.remove();
    // The paper’s sentences that were not asked, and how many they are.
    if (part.getAttribute('aria-labelledby') === 'findings') copy.querySelector('details')?.remove();
    for (const block of copy.querySelectorAll('h1, h2, h3, h4, p, li, dt, dd, figcaption, summary, small, span, b')) block.append(' ');
    return { id: part.getAttribute('aria-labelledby') ?? part.tagName.toLowerCase(), text: copy.textContent.replace(/\\s+/g, ' ') };
  })`)) as { id: string; text: string }[];
  assert.ok(parts.length > 10);
  const settings = settingsAndCounts();
  const missing: string[] = [];
  let measured = 0;
  for (const { id, text } of parts) {
    const values = (SOURCES[id] ?? []).flatMap(valuesOf);
    const known = [...Object.values(plan.versions), ...(id === 'cost' ? times() : [])];
    const rest = known.reduce((words, text) => words.replaceAll(text, ''), withoutNames(text));
    for (const number of numbersIn(rest)) {
      if (settings.has(Number(number)) || CONSTANTS.includes(Number(number))) continue;
      measured += 1;
      if (!values.some((value) => shows(number, value))) missing.push(`${id}: ${number}`);
    }
  }
  assert.ok(measured >= 8, `only ${measured} measured numbers in words`);
  assert.deepEqual(missing, []);
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { CellRecord } from '../../src/config/index.ts';
import { buildTables, writeReport } from '../../src/report/index.ts';
import { chromiumPath } from './chromium.ts';
import { fakePlan, fakeRecords } from './fake-records.ts';

const HOSTILE = '<script>window.hacked = true</script><img src=x onerror="window.hacked = true">';

const base = fakePlan();
const plan = {
  ...base,
  datasets: base.datasets.map((dataset) => {
    return dataset.key === 'icons_people' ? { ...dataset, title: `People ${HOSTILE}` } : dataset;
  }),
  command: `npx coop-bench bench fewshot --out 'a b' # ${HOSTILE}`,
};
const records = fakeRecords(plan).map((record): CellRecord => {
  if (record.cell.dataset.key !== 'icons_text' || record.cell.shots !== 1 || record.cell.seed !== 2)
    return record;
  return { ...record, status: 'failed', error: { code: 'BROKEN', message: HOSTILE } };
});

let dir = '';
let browser: Browser;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'report-page-'));
  await writeReport(dir, plan, records);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

after(async () => {
  await browser?.close();
  await rm(dir, { recursive: true, force: true });
});

/** Opens the page from disk and collects whatever should not happen. */
async function open(body: (page: Page, complaints: string[]) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const complaints: string[] = [];
  const address = pathToFileURL(join(dir, 'index.html')).href;
  page.on('request', (request) => {
    if (request.url() !== address) complaints.push(`request for ${request.url()}`);
  });
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  await page.goto(address);
  await body(page, complaints);
  assert.deepEqual(complaints, []);
  await context.close();
}

/** First column of the first results table's body. */
function firstColumn(page: Page): Promise<string[]> {
  return page
    .locator('section[aria-labelledby="results"] table')
    .first()
    .locator('tbody th')
    .allTextContents();
}

test('the page opens from disk without a request, an error or a word on the console', async () => {
  await open(async (page) => {
    assert.equal(await page.title(), plan.title);
    // Headline; twelve panels; gains by set and by class; loss and accuracy by epoch; the validation curve.
    assert.equal(await page.locator('.plot svg').count(), 1 + 12 + 2 + 2 + 1);
    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.ok(Number(wide) <= 0, 'the page scrolls sideways');
  });
});

test('text from records and plans is shown as text, and nothing in it runs', async () => {
  await open(async (page) => {
    assert.equal(await page.evaluate('window.hacked'), undefined);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('.errors pre').first().textContent(), HOSTILE);
    assert.ok((await page.locator('.command code').textContent())?.endsWith(HOSTILE));
    assert.ok((await firstColumn(page)).includes(`People ${HOSTILE}`));
  });
});

test('the headline shows the average of summary.csv', async () => {
  await open(async (page) => {
    const { summary } = buildTables(plan, records);
    const row = summary.find(
      (it) => it.dataset === 'average' && it.method === 'coop_m16_end' && it.shots === 16,
    );
    const number = await page.locator('.tile b').first().textContent();
    assert.equal(number, `${(100 * row!.accuracy_mean).toFixed(1)} %`);
    const tiles = await page.locator('.tile').allTextContents();
    assert.match(
      tiles[1]!,
      /points.*95 % interval .* over 11 datasets \(paired, n = 11, seeds averaged, two-sided t\)/,
    );
  });
});

test('a click on a head sorts by number or text, a second one the other way, and the average stays', async () => {
  await open(async (page) => {
    const table = page.locator('section[aria-labelledby="results"] table').first();
    const heads = table.locator('thead th');
    const { summary } = buildTables(plan, records);
    const expected = summary
      .filter((row) => row.method === 'linear_probe' && row.shots === 16 && row.dataset !== 'average')
      .sort((a, b) => b.accuracy_mean - a.accuracy_mean)
      .map((row) => plan.datasets.find(({ key }) => key === row.dataset)!.title);
    assert.equal(await heads.nth(2).getAttribute('aria-sort'), 'none');
    await heads.nth(2).getByRole('button').click();
    assert.equal(await heads.nth(2).getAttribute('aria-sort'), 'descending');
    assert.deepEqual(await firstColumn(page), expected);
    await heads.nth(2).getByRole('button').click();
    assert.equal(await heads.nth(2).getAttribute('aria-sort'), 'ascending');
    assert.deepEqual(await firstColumn(page), [...expected].reverse());
    await heads.nth(0).getByRole('button').click();
    assert.deepEqual(await firstColumn(page), plan.datasets.map(({ title }) => title).sort());
    assert.equal(await heads.nth(2).getAttribute('aria-sort'), 'none');
    assert.equal(await table.locator('tfoot th').textContent(), 'Average');
  });
});

test('a copied table is CSV that another parser reads, with the numbers of summary.csv', async () => {
  await open(async (page) => {
    const block = page.locator('section[aria-labelledby="results"] .table').first();
    const button = block.getByRole('button', { name: 'Copy CSV' });
    await button.click();
    await page.waitForFunction("document.querySelector('#announce').textContent === 'Copied'");
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    const rows: string[][] = parse(copied);
    const heads = ['Zero-shot CLIP', 'Zero-shot CLIP std', 'Linear probe', 'Linear probe std'];
    assert.deepEqual(rows[0]?.slice(0, 5), ['Dataset', ...heads]);
    assert.equal(rows.length, 1 + 11 + 1);
    const { summary } = buildTables(plan, records);
    const row = summary.find(
      (it) => it.dataset === 'icons' && it.method === 'coop_m16_end' && it.shots === 16,
    );
    assert.equal(rows[1]?.[5], (100 * row!.accuracy_mean).toFixed(4));
    assert.equal(rows[1]?.[6], (100 * row!.accuracy_std).toFixed(4));
    await block.getByRole('button', { name: 'Copy TSV' }).click();
    await page.waitForFunction("document.querySelector('#announce').textContent === 'Copied'");
    await page.waitForTimeout(100);
    const tsv = String(await page.evaluate('navigator.clipboard.readText()'));
    assert.deepEqual(tsv.split('\n')[1]?.split('\t'), rows[1]);
  });
});

test('the command is copied as it is', async () => {
  await open(async (page) => {
    await page.locator('.command button').click();
    await page.waitForFunction("document.querySelector('#announce').textContent === 'Copied'");
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), plan.command);
  });
});

test('pointing at a plotted point tells its number', async () => {
  await open(async (page) => {
    const point = page.locator('.headline [aria-label^="CoOp (M = 16, end), 16 shots"]');
    await point.hover();
    const tip = page.locator('#tip');
    assert.equal(await tip.isVisible(), true);
    assert.match(
      String(await tip.textContent()),
      /^CoOp \(M = 16, end\), 16 shots: \d\d\.\d ± \d\.\d % \(3 seeds\)$/,
    );
  });
});

test('tables have captions and scoped heads, figures have words for who cannot see them', async () => {
  await open(async (page) => {
    assert.equal(await page.locator('table:not(:has(caption))').count(), 0);
    assert.equal(await page.locator('th:not([scope])').count(), 0);
    assert.equal(await page.locator('.canvas:not([aria-label])').count(), 0);
    const ids = await page.locator('[id]').evaluateAll((all) => all.map((element) => element.id));
    assert.equal(new Set(ids).size, ids.length);
    for (const link of await page.locator('nav a').all()) {
      const target = await link.getAttribute('href');
      assert.equal(await page.locator(String(target)).count(), 1, String(target));
    }
  });
});

test('the page names no file that is not there', async () => {
  const text = await readFile(join(dir, 'index.html'), 'utf8');
  for (const [, target] of text.matchAll(/href="([^"#]+)"/g)) {
    assert.ok(existsSync(join(dir, target!)), target);
  }
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import { type Browser, chromium, type Page } from 'playwright-core';
import { writeReport } from '../../src/report/index.ts';
import { chromiumPath } from './chromium.ts';
import { plan, records } from './report-with-gaps.ts';

let dir = '';
let browser: Browser;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'report-interactive-'));
  await writeReport(dir, plan, records);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

after(async () => {
  await browser?.close();
  await rm(dir, { recursive: true, force: true });
});

async function open(
  body: (page: Page) => Promise<void>,
  look: { readonly colorScheme?: 'dark' | 'light'; readonly width?: number } = {},
): Promise<void> {
  const { colorScheme = 'light', width = 1200 } = look;
  const context = await browser.newContext({
    bypassCSP: true,
    colorScheme,
    viewport: { width, height: 900 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:'))
      complaints.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(dir, 'index.html')).href);
  await body(page);
  assert.deepEqual(complaints, []);
  await context.close();
}

/** Plotted marks, as the page's script finds them. */
const MARKS =
  '[aria-label][aria-roledescription]:not([aria-roledescription="axis"], [aria-roledescription="legend"], [aria-roledescription="title"])';

const visible = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) => all.filter((one) => one.getClientRects().length > 0).length);

test('panels have a mark a mean, and each says mean, deviation and seeds', async () => {
  const rows = parse(readFileSync(join(dir, 'summary.csv')), { columns: true }) as Record<string, string>[];
  await open(async (page) => {
    const labels = await page
      .locator(`.panel-grid ${MARKS}`)
      .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label')));
    assert.equal(labels.length, rows.length);
    const expected = rows.map((row) => {
      const title = plan.methods.find(({ key }) => key === row.method)!.title;
      const percent = (name: string) => (100 * Number(row[name])).toFixed(1);
      const shots = row.shots === '0' ? 'no shots' : row.shots === '1' ? '1 shot' : `${row.shots} shots`;
      const several = row.seeds !== '1';
      const number = several
        ? `${percent('accuracy_mean')} ± ${percent('accuracy_std')}`
        : percent('accuracy_mean');
      return `${title}, ${shots}: ${number} %${several ? ` (${row.seeds} seeds)` : ''}`;
    });
    assert.deepEqual(labels.sort(), expected.sort());
  });
});

test('the filter hides a method in figures and tables, and a set in panels, tables and strips', async () => {
  await open(async (page) => {
    const table = page.locator('section[aria-labelledby="results"] table').first();
    const before = await visible(page, '.panel-grid path[data-method="linear_probe"]');
    assert.ok(before > 12);
    assert.equal(await visible(page, '.headline text[data-method="linear_probe"]'), 1);
    await page.locator('#filter summary').click();
    await page.locator('#filter input[value="linear_probe"]').uncheck();
    for (const mark of ['path', 'line', 'text'])
      assert.equal(await visible(page, `main ${mark}[data-method="linear_probe"]`), 0);
    assert.ok((await visible(page, '.panel-grid path[data-method="coop_m16_end"]')) > 12);
    assert.equal(await table.locator('thead th:visible').count(), 3);
    assert.equal(await table.locator('tbody tr').first().locator('td:visible').count(), 2);
    await page.locator('#filter input[value="icons_people"]').uncheck();
    assert.equal(await page.locator('.panel-grid > div:visible').count(), 3);
    assert.deepEqual(await table.locator('tbody tr:visible th').allTextContents(), ['Places', 'Nature']);
    assert.equal(await page.locator('.strip:visible').count(), 2);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.waitForFunction("document.querySelectorAll('main .off').length === 0");
    assert.equal(await visible(page, '.panel-grid path[data-method="linear_probe"]'), before);
  });
});

test('arrow keys go through the points of a figure and tell their numbers', async () => {
  await open(async (page) => {
    const canvas = page.locator('.panel-grid .canvas').first();
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    const first = await page.locator('#tip').textContent();
    assert.match(String(first), /shots?: \d/);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await page.locator('#tip').textContent(), first);
    assert.equal(await page.locator('#announce').textContent(), await page.locator('#tip').textContent());
    await page.keyboard.press('Tab');
    assert.equal(await page.locator('#tip').isVisible(), false);
  });
});

test('strips show what both methods said of a picture, right where it is its class', async () => {
  await open(async (page) => {
    assert.equal(await page.locator('.strip').count(), 3);
    const widths = "[...document.querySelectorAll('.strip img')].map((image) => image.naturalWidth)";
    assert.deepEqual([...new Set((await page.evaluate(widths)) as number[])], [1]);
    for (const item of await page.locator('.strip li').all()) {
      const name = await item.locator('b').textContent();
      for (const wrong of await item.locator('.wrong').allTextContents())
        assert.ok(!wrong.endsWith(`✗ ${name}`));
      assert.equal(await item.locator('.right, .wrong').count(), 2);
    }
  });
});

test('a failed and a missing cell are gaps in the curve of one seed less, and are listed', async () => {
  await open(async (page) => {
    assert.match(
      String(await page.locator('.errors li').first().textContent()),
      /People · .* · 4 shots · seed 2/,
    );
    assert.match(
      String(await page.locator('#problems ~ ul, [aria-labelledby="problems"]').first().textContent()),
      /Missing/,
    );
    const label = page.locator('[data-set="icons_people"] [aria-label^="CoOp (M = 16, end), 4 shots"]');
    assert.doesNotMatch(String(await label.first().getAttribute('aria-label')), /seeds/);
  });
});

test('it reads in the dark, on a narrow screen and on paper', async () => {
  await open(
    async (page) => {
      const colours = (await page.evaluate(`['body', '.panel-grid text'].map((part) => {
        const style = getComputedStyle(document.querySelector(part));
        return [style.backgroundColor, style.color, style.fill];
      })`)) as string[][];
      assert.equal(colours[0]?.[0], 'rgb(20, 24, 28)');
      // The figure's text takes the page's ink.
      assert.match(String(colours[1]?.[2]), /rgb\((?:163, 175, 186|230, 234, 238)\)/);
    },
    { colorScheme: 'dark' },
  );
  await open(
    async (page) => {
      assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth')) <= 0);
      const panel = await page.locator('.panel-grid svg').first().boundingBox();
      assert.ok(panel!.width > 180 && panel!.width <= 360);
    },
    { width: 360 },
  );
  await open(async (page) => {
    await page.emulateMedia({ media: 'print' });
    assert.equal(await visible(page, 'nav, .tools, #filter'), 0);
    const pdf = await page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe-core finds nothing serious, ${colorScheme}`, async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await open(
      async (page) => {
        await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
        await page.evaluate(axe);
        const found = (await page.evaluate(
          "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.slice(0, 3).map((node) => node.html.slice(0, 200)) })))",
        )) as { id: string; impact: string }[];
        assert.deepEqual(
          found.filter(({ impact }) => ['serious', 'critical'].includes(impact)),
          [],
        );
      },
      { colorScheme },
    );
  });
}

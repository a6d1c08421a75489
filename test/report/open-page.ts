import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Locator, type Page } from 'playwright-core';
import type { CellRecord } from '../../src/config/index.ts';
import { type ReportPlan, writeReport } from '../../src/report/index.ts';
import { chromiumPath } from './chromium.ts';

/** Opens a written page, which must neither complain nor scroll sideways, nor name what is not there. */
export async function openPage(path: string, body: (page: Page) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(path).href);
    for (const width of [1200, 420]) {
      await page.setViewportSize({ width, height: 900 });
      const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.ok(Number(beyond) <= 0, `the page scrolls sideways at ${width} pixels`);
    }
    await body(page);
    for (const link of await page.locator('a[href^="#"]').all()) {
      const target = String(await link.getAttribute('href'));
      assert.equal(await page.locator(target).count(), 1, target);
    }
    assert.equal(await page.locator('table:not(:has(caption))').count(), 0);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

/** Writes a report in a folder of its own and opens its page. */
export async function withPage(
  plan: ReportPlan,
  records: readonly CellRecord[],
  body: (page: Page) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'report-page-'));
  try {
    await writeReport(dir, plan, records);
    await openPage(join(dir, 'index.html'), body);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Texts of a table's fields, a row a line. */
export async function textsOf(table: Locator): Promise<string[][]> {
  const rows = await table.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
}

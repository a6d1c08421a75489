import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { buildTables, type ReportPlan, writeReport } from '../../src/report/index.ts';
import { chromiumPath } from './chromium.ts';
import { fakeAblationPlan, fakePlan, fakeRecords, fakeShiftPlan, METHODS, SHIFTS } from './fake-records.ts';

let dir = '';
let browser: Browser;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'report-grids-'));
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

after(async () => {
  await browser?.close();
  await rm(dir, { recursive: true, force: true });
});

/** Writes a report of fake records and opens its page, which must neither complain nor scroll sideways. */
async function open(plan: ReportPlan, body: (page: Page) => Promise<void>): Promise<void> {
  await writeReport(join(dir, plan.experiment), plan, fakeRecords(plan));
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(dir, plan.experiment, 'index.html')).href);
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
  assert.deepEqual(complaints, []);
  await page.close();
}

/** Texts of a table's fields, a row a line. */
async function fields(table: Locator): Promise<string[][]> {
  const rows = await table.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
}

function signed(fraction: number): string {
  const text = Math.abs(100 * fraction).toFixed(1);
  return `${fraction < 0 ? '−' : '+'}${text}`;
}

test('a shift’s page has methods down, source, targets and their mean across, and the change below', async () => {
  const plan = fakeShiftPlan();
  const { summary } = buildTables(plan, fakeRecords(plan));
  await open(plan, async (page) => {
    const tables = page.locator('section[aria-labelledby="results"] > .stack .table table');
    const heads = await tables.nth(0).locator('thead th').allTextContents();
    const targets = SHIFTS.map(({ title }) => title);
    assert.deepEqual(heads, ['Method', 'Icons (source)', ...targets, 'Mean over targets']);
    const accuracy = await fields(tables.nth(0));
    const change = await fields(tables.nth(1));
    const places = ['icons', ...SHIFTS.map(({ key }) => key), 'average'];
    for (const [m, { key, title }] of plan.methods.entries()) {
      const rows = places.map((target) => {
        return summary.find((row) => row.method === key && row.target === target)!;
      });
      const numbers = rows.map(({ accuracy_mean: mean, accuracy_std: std, seeds }) => {
        return (100 * mean).toFixed(1) + (seeds > 1 ? ` ± ${(100 * std).toFixed(1)}` : '');
      });
      assert.deepEqual(accuracy[m], [title, ...numbers]);
      const changes = rows.slice(1).map((row) => signed(row.accuracy_mean - rows[0]!.accuracy_mean));
      assert.deepEqual(change[m], [title, ...changes]);
    }
    // The best of every column, and nothing else, is bold.
    for (const [index, target] of places.entries()) {
      const rows = summary.filter((row) => row.target === target);
      const best = rows.reduce((a, b) => (a.accuracy_mean > b.accuracy_mean ? a : b));
      const bold = await tables
        .nth(0)
        .locator(`tbody tr td:nth-child(${index + 2}) b`)
        .allTextContents();
      assert.deepEqual(bold, [(100 * best.accuracy_mean).toFixed(1)]);
    }
  });
});

test('a shift’s headline is about the targets, and says that four are few', async () => {
  const plan = fakeShiftPlan();
  const { summary } = buildTables(plan, fakeRecords(plan));
  await open(plan, async (page) => {
    assert.match(String(await page.locator('#headline').textContent()), /on average over 4 targets$/);
    const row = summary.find(({ method, target }) => method === 'coop_m16_end' && target === 'average')!;
    const own = summary.find(({ method, target }) => method === 'coop_m16_end' && target === 'icons')!;
    const tiles = await page.locator('.tile').allTextContents();
    assert.ok(tiles[0]!.startsWith(`${(100 * row.accuracy_mean).toFixed(1)} %`));
    assert.ok(tiles[0]!.includes(`${(100 * own.accuracy_mean).toFixed(1)} % on Icons itself`));
    assert.ok(tiles[0]!.includes(`change of ${signed(row.accuracy_mean - own.accuracy_mean)} points`));
    assert.match(tiles[1]!, /over Zero-shot CLIP .* over 4 targets \(paired, n = 4, .*4 targets are few/);
    assert.match(String(await page.locator('.facts').textContent()), /learned on Icons.*4 targets/s);
  });
});

test('an ablation’s page shows dots instead of lines, and settings in words', async () => {
  await open(fakeAblationPlan(), async (page) => {
    const text = String(await page.locator('main').textContent());
    assert.match(text, /Accuracy by dataset/);
    assert.doesNotMatch(text, /Learning curves|nCtx|ctxInit|\bcsc\b|batchSize|null|\bfalse\b/);
    assert.match(text, /the best of 7 others/);
    assert.equal(await page.locator('.headline .plot path[aria-label]').count(), 8);
    const setup = page.locator('section[aria-labelledby="setup"]');
    assert.match(String(await setup.textContent()), /All 8 CoOp methods.*batch size.*32.*8 fixed crops/s);
    const rows = await fields(setup.locator('table'));
    assert.deepEqual(rows[1], [
      'CoOp (M = 4, end, from “a photo of a”)',
      '4',
      'after the context',
      'one for all classes',
      '“a photo of a”',
    ]);
    assert.deepEqual(rows[7]?.slice(1), ['16', 'in the middle of it', 'one for each class', 'none: random']);
  });
});

test('a setting that changes with the shots says which value goes with which', async () => {
  await open(fakePlan({ experiment: 'settings' }), async (page) => {
    const setup = String(await page.locator('section[aria-labelledby="setup"]').textContent());
    assert.match(setup, /epochs50 \(1, 2, 4 shots\); 25 \(8, 16 shots\)/);
    assert.match(setup, /prompts“a photo of a \{\}\.”/);
  });
});

test('a linear probe’s page makes sense without CoOp', async () => {
  const methods = METHODS.slice(0, 2);
  await open(fakePlan({ methods, shots: [1, 4], experiment: 'linearprobe' }), async (page) => {
    const title = String(await page.locator('#headline').textContent());
    assert.match(
      title,
      /^With 4 pictures per class, Linear probe (gains|falls) .* points (over|behind) Zero-shot/,
    );
    const shown = String(await page.locator('main').textContent());
    assert.doesNotMatch(shown, /CoOp|Training loss|What the prompts say/);
  });
});

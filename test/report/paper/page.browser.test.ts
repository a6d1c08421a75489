import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTables } from '../../../src/report/index.ts';
import { fakePaperPlan, fakePlan, fakeRecords, PAPER_SETS } from '../fake-records.ts';
import { textsOf, withPage } from '../open-page.ts';

test('every number of the results has the published one and the gap beside it, or a dash', async () => {
  const plan = fakePaperPlan({ datasets: PAPER_SETS.slice(0, 2), shots: [16] });
  const { summary } = buildTables(plan, fakeRecords(plan));
  await withPage(plan, fakeRecords(plan), async (page) => {
    const table = page.locator('section[aria-labelledby="results"] > .stack .table table').first();
    const rows = await textsOf(table);
    for (const [i, { key }] of PAPER_SETS.slice(0, 2).entries()) {
      for (const [j, method] of plan.methods.entries()) {
        const row = summary.find((row) => row.dataset === key && row.method === method.key)!;
        const gap = 100 * (row.accuracy_mean - row.paper_accuracy!);
        const sign = gap < 0 ? '−' : '+';
        const expected = `paper ${(100 * row.paper_accuracy!).toFixed(2)} gap ${sign}${Math.abs(gap).toFixed(1)}`;
        assert.ok(rows[i]![j + 1]!.includes(expected), `${rows[i]![j + 1]} has no ${expected}`);
      }
    }
    assert.match(rows[0]!.join(' '), /users obtain 60\.6 to 60\.9/);
    const section = String(await page.locator('section[aria-labelledby="paper"]').textContent());
    assert.match(section, /What was done differently here.*Views here: 8 fixed crops/s);
    assert.match(section, /coop_workbook, \d+ numbers/);
  });
});

test('the icon suite’s page does not speak of the paper’s numbers', async () => {
  const paper = fakePaperPlan().paper!;
  const plan = fakePlan({ shots: [16], seeds: [1], paper });
  await withPage(plan, fakeRecords(plan), async (page) => {
    assert.equal(await page.locator('.paper, #paper').count(), 0);
    assert.doesNotMatch(String(await page.locator('main').textContent()), /gap/);
  });
});

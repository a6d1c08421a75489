import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { CellRecord } from '../../src/config/index.ts';
import { renderChart } from '../../src/report/charts/render.ts';
import {
  backboneFigures,
  plannedFigures,
  type ReportFigure,
} from '../../src/report/charts/report-figures.ts';
import { choicesOf } from '../../src/report/chosen.ts';
import { allComparisons } from '../../src/report/headline.ts';
import { buildTables, type ReportPlan } from '../../src/report/index.ts';
import { joinPlan } from '../../src/report/join.ts';
import { chromiumPath } from './chromium.ts';
import { fakePlan, fakeRecords, METHODS, VARIANTS } from './fake-records.ts';

// The figures as a browser lays them out, in the font that their PNG files carry.

let browser: Browser;
let page: Page;

before(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  page = await browser.newPage();
  const { resolve } = createRequire(import.meta.url);
  const faces = ['', '-Bold'].map((weight) => {
    const bytes = readFileSync(resolve(`dejavu-fonts-ttf/ttf/DejaVuSans${weight}.ttf`)).toString('base64');
    const bold = weight === '' ? 'normal' : 'bold';
    return `@font-face { font-family: "DejaVu Sans"; font-weight: ${bold}; src: url(data:font/ttf;base64,${bytes}); }`;
  });
  await page.setContent(
    `<style>${faces.join('\n')}</style><p style="font-family: DejaVu Sans">a<b>b</b></p><div></div>`,
  );
  await page.evaluate('document.fonts.ready.then(() => undefined)');
});

after(async () => {
  await browser?.close();
});

/** Texts whose boxes share more than a hair, and texts that reach over the figure's edge. */
async function textFaults(svg: string): Promise<{ readonly texts: number; readonly faults: string[] }> {
  return (await page.evaluate(`(() => {
    const place = document.querySelector('div');
    place.innerHTML = ${JSON.stringify(svg)};
    const edge = place.firstElementChild.getBoundingClientRect();
    const boxes = [...place.querySelectorAll('text')].flatMap((text) => {
      const box = text.getBoundingClientRect();
      const hidden = text.textContent.trim() === '' || text.getAttribute('opacity') === '0';
      return hidden || box.width === 0 ? [] : [{ text: text.textContent, box }];
    });
    const faults = [];
    boxes.forEach(({ text, box }, i) => {
      const inside = box.left >= edge.left - 1 && box.right <= edge.right + 1 && box.top >= edge.top - 1 && box.bottom <= edge.bottom + 1;
      if (!inside) faults.push(text + ' is cut off');
      for (const other of boxes.slice(i + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // A line's box has room above and below the letters.
        if (across > 1 && down > 3) faults.push(text + ' and ' + other.text);
      }
    });
    return { texts: boxes.length, faults };
  })()`)) as { texts: number; faults: string[] };
}

function figuresOf(plan: ReportPlan, records: readonly CellRecord[]): readonly ReportFigure[] {
  const { summary, cells } = buildTables(plan, records);
  const results = joinPlan(plan, records);
  const backbone = plan.cells[0]!.cell.backbone.name;
  const comparisons = allComparisons(plan, cells, backbone);
  const coop = results.filter(({ cell }) => cell.method.key === 'coop_m16_end' && cell.shots === 16);
  const choices = choicesOf(results).filter((of) => of.backbone === backbone);
  const losses = { method: 'coop_m16_end', results: coop };
  const figures = backboneFigures(plan, { summary, backbone, comparisons, choices, losses });
  const { overview, plots, intervals, contextLength, gain, loss, validation } = figures;
  const own = [overview, plots[0], intervals, contextLength, gain, loss, validation[0]];
  return [...own, ...plannedFigures(plan, summary)].filter((figure) => figure !== undefined);
}

const seven = [
  ...METHODS,
  ...VARIANTS.filter(({ key }) => /^coop_m4_end$|^coop_m16_(end_csc|mid)/.test(key)),
];
const grid = fakePlan({ methods: seven });
const longNames: ReportPlan = {
  ...grid,
  datasets: grid.datasets.map((set, i) => {
    return i % 3 === 0 ? { ...set, title: `${set.title} photographed in the field by volunteers` } : set;
  }),
  methods: grid.methods.map((method, i) => {
    return i === 4 ? { ...method, title: `${method.title}, learning rate 0.02, fresh crops` } : method;
  }),
};
/** Complete but for a failed cell, and a method without any result on one set. */
const broken = fakeRecords(grid).flatMap((record): CellRecord[] => {
  const { method, dataset, shots } = record.cell;
  if (method.key === 'coop_m4_end' && dataset.key === 'icons_media' && shots === 16)
    return [{ ...record, status: 'failed', error: { code: 'BROKEN', message: 'a disk' } }];
  return method.key === 'coop_m16_mid' && dataset.key === 'icons_people' ? [] : [record];
});
const oneSeed = fakePlan({ methods: seven, seeds: [1] });
const oneMethod = fakePlan({ methods: METHODS.slice(2) });
const backbones = fakePlan({ methods: seven, shots: [16], backbones: ['RN50', 'RN101', 'ViT-B/32'] });

const LOOKS: readonly (readonly [string, ReportPlan, readonly CellRecord[]])[] = [
  ['eleven sets and seven methods', grid, fakeRecords(grid)],
  ['long names', longNames, fakeRecords(longNames)],
  ['failed and missing cells', grid, broken],
  ['one seed', oneSeed, fakeRecords(oneSeed)],
  ['one method', oneMethod, fakeRecords(oneMethod)],
  ['three backbones, one shot count', backbones, fakeRecords(backbones)],
];

for (const [name, plan, records] of LOOKS) {
  test(`no text of a figure covers another or is cut off: ${name}`, async () => {
    const figures = figuresOf(plan, records);
    assert.ok(figures.length >= 3);
    for (const { name: figure, spec } of figures) {
      const { texts, faults } = await textFaults((await renderChart(spec)).svg);
      assert.ok(texts > 5, figure);
      assert.deepEqual(faults, [], figure);
    }
  });
}

test('every method is named beside its curve; where the average lacks one a legend names all', async () => {
  const [overview] = figuresOf(grid, fakeRecords(grid));
  const [withLegend] = figuresOf(grid, broken);
  for (const [figure, legend] of [
    [overview, 0],
    [withLegend, 1],
  ] as const) {
    const { svg } = await renderChart(figure!.spec);
    for (const { title } of seven) assert.equal(svg.split(`>${title}</text>`).length, 2, title);
    assert.equal(svg.includes('aria-roledescription="legend"'), legend === 1);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { iconTable, parsePicture } from '../../datasets/icons/table.ts';
import { drawIcon } from '../../src/data/pictures/draw-icon.ts';

/** A drawing in 16 × 16 cells of ink, 0 white to 1 black: written apart from the script that made the table. */
function inkOf(set: string, icon: string): Float64Array {
  const { data, width, height } = drawIcon(set, icon, 64);
  assert.deepEqual([width, height, data.length], [64, 64, 64 * 64 * 3], `${set}:${icon}`);
  const cells = new Float64Array(256);
  for (let pixel = 0; pixel < 64 * 64; pixel++) {
    const [row, column] = [Math.floor(pixel / 64), pixel % 64];
    const [r, g, b] = data.subarray(pixel * 3, pixel * 3 + 3);
    const luma = (299 * r + 587 * g + 114 * b) / 255_000;
    cells[Math.floor(row / 4) * 16 + Math.floor(column / 4)] += (1 - luma) / 16;
  }
  return cells;
}

test('of all drawings, none is blank, and none nearly repeats one on another side', () => {
  const table = iconTable();
  const drawings = new Map<string, { name: string; side: string; ink: Float64Array; mean: number }>();
  for (const [key, { pictures }] of Object.entries(table.datasets)) {
    for (const [set, own] of Object.entries(pictures)) {
      // The shifted styles are sides of their own.
      const side = table.sets[set].side === 'shifted' ? key : table.sets[set].side;
      for (const text of own) {
        const { icon } = parsePicture(text);
        const name = `${set}:${icon}`;
        if (drawings.has(name)) continue;
        const ink = inkOf(set, icon);
        const mean = ink.reduce((sum, value) => sum + value, 0) / ink.length;
        assert.ok(mean > 0.004, `${name} is blank`);
        drawings.set(name, { name, side, ink, mean });
      }
    }
  }
  assert.ok(drawings.size > 7000, `${drawings.size} drawings`);
  const sorted = [...drawings.values()].sort((a, b) => a.mean - b.mean);
  const repeated: string[] = [];
  for (const [i, a] of sorted.entries()) {
    for (let j = i + 1; j < sorted.length && sorted[j].mean - a.mean < 0.01; j++) {
      const b = sorted[j];
      if (a.side === b.side) continue;
      let difference = 0;
      for (let cell = 0; cell < 256 && difference < 2.56; cell++)
        difference += Math.abs(a.ink[cell] - b.ink[cell]);
      // A hair under 0.01, so that rounding decides no case.
      if (difference / 256 < 0.00999) repeated.push(`${a.name} (${a.side}) and ${b.name} (${b.side})`);
    }
  }
  assert.deepEqual(repeated, []);
});

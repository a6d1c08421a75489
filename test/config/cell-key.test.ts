import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cell, cellKey } from '../../src/config/index.ts';
import { exampleCell } from './example-cell.ts';

test('the key is the SHA-256 that Python finds for the sorted, compact JSON', () => {
  // python3: sha256(json.dumps(cell, sort_keys=True, separators=(',', ':'))).hexdigest()[:32], with the number
  // 1e-05 written 0.00001 as ECMAScript does.
  assert.equal(cellKey(exampleCell), '3b8bbaccab36d086268845081ae707c9');
});

test('the order of fields does not count', () => {
  const { dataset, ...rest } = exampleCell;
  assert.equal(
    cellKey({ ...rest, dataset: { fingerprint: 'aa', key: 'icons' } } as Cell),
    cellKey(exampleCell),
  );
});

test('every field of a cell counts', () => {
  const keys = new Set([cellKey(exampleCell)]);
  let changes = 0;
  const visit = (value: unknown, rebuild: (changed: unknown) => unknown): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        const isList = Array.isArray(value);
        visit(member, (changed) => {
          const copy: Record<string, unknown> = { ...value, [name]: changed };
          return rebuild(isList ? Object.values(copy) : copy);
        });
      }
      return;
    }
    changes += 1;
    keys.add(cellKey(rebuild(typeof value === 'number' ? value + 1 : `not ${value}`) as Cell));
  };
  visit(exampleCell, (changed) => changed);
  // dataset 2, backbone 2, method 15, shots, seed, targets 2, runtime 3, limit.
  assert.equal(changes, 27);
  assert.equal(keys.size, changes + 1);
});

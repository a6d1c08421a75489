import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { UserError } from '../../src/config/index.ts';
import { matCell, matNumber, matNumbers, matStruct, matText } from '../../src/data/mat/mat-accessors.ts';
import { readMatVariable } from '../../src/data/mat/read-mat-variable.ts';
import { readNumberRow } from '../../src/data/mat/read-number-row.ts';
import { readStructRows } from '../../src/data/mat/read-struct-rows.ts';
import { readTextCells } from '../../src/data/mat/read-text-cells.ts';

const fixture = (name: string) => join(import.meta.dirname, '../fixtures/mat', name);
const cars = { texts: ['fname'], numbers: ['class'] } as const;
const folder = mkdtempSync(join(tmpdir(), 'mat-rows-'));
after(() => rmSync(folder, { recursive: true }));

const refused =
  (code: string, ...words: string[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.ok(error.message.includes(word), `${word} in\n${error.message}`);
    return true;
  };

// The values are those that make.py gives to scipy.
describe("a dataset's variable", () => {
  it('is a row of numbers, or a column', () => {
    assert.deepEqual(readNumberRow(fixture('labels.mat'), 'labels'), [77, 77, 1, 102, 5, 5]);
    assert.deepEqual(readNumberRow(fixture('labels.mat'), 'column'), [1, 2]);
    assert.deepEqual(readNumberRow(fixture('classes.mat'), 'scalar'), [7]);
  });

  it('is an array of structs, of which the wanted fields are read', () => {
    assert.deepEqual(readStructRows(fixture('annotations.mat'), 'annotations', cars), [
      { fname: '00001.jpg', class: 14 },
      { fname: '00002.jpg', class: 3 },
      { fname: '00003.jpg', class: 196 },
    ]);
    assert.deepEqual(
      readStructRows(fixture('nested.big_endian.mat'), 'rows', { texts: ['name'], numbers: ['value'] }),
      [
        { name: 'first', value: 1 },
        { name: 'zweite é', value: 2.5 },
        { name: '', value: -3 },
      ],
    );
  });

  it('is a cell array of texts', () => {
    assert.deepEqual(readTextCells(fixture('class_names.mat'), 'class_names'), [
      'AM General Hummer SUV 2000',
      'Acura RL Sedan 2012',
      'Citroën C4 2009',
    ]);
  });

  it('is read beside variables that this program does not read', () => {
    assert.deepEqual(readNumberRow(fixture('unreadable.mat'), 'kept'), [1, 2]);
    assert.deepEqual(readNumberRow(fixture('handles.mat'), 'kept'), [5]);
  });
});

describe('a variable is refused', () => {
  it('where it is not there: the message lists those that are', () => {
    assert.throws(
      () => readNumberRow(fixture('labels.mat'), 'label'),
      refused('MAT_MISSING', 'labels.mat', 'a variable label', 'variables: labels, column'),
    );
    assert.throws(
      () => readStructRows(fixture('annotations.mat'), 'annotations', { texts: ['name'], numbers: [] }),
      refused('MAT_MISSING', 'annotations', 'a field name', 'fname', 'bbox_x1'),
    );
  });

  it('where its kind or shape is another', () => {
    const classes = fixture('classes.mat');
    const nested = fixture('nested.mat');
    const named = { texts: ['name'], numbers: [] } as const;
    const cases: [() => unknown, ...string[]][] = [
      [() => readNumberRow(nested, 'cells'), 'cells', 'an array of numbers', 'a 1x4 cell array'],
      [() => readNumberRow(classes, 'double'), 'one row of numbers', 'a 3x2 array of numbers'],
      [() => readNumberRow(classes, 'cube'), 'one row of numbers', 'a 2x3x4 array of numbers'],
      [() => readNumberRow(classes, 'empty'), 'one row of numbers', 'a 0x0 array of numbers'],
      [() => readTextCells(nested, 'rows'), 'a cell array', 'a 1x3 struct'],
      [() => readTextCells(nested, 'cells'), 'cells{2}', 'text of one row', 'a 1x3 array of numbers'],
      [() => readTextCells(nested, 'no_cells'), 'a cell array with texts', 'a 1x0 cell array'],
      [() => readStructRows(nested, 'no_rows', named), 'a struct with elements', 'a 1x0 struct'],
      [() => readStructRows(nested, 'cells', named), 'a struct', 'a 1x4 cell array'],
      [() => readStructRows(nested, 'rows', { texts: ['value'], numbers: [] }), 'rows(1).value', 'text'],
      [() => readStructRows(nested, 'rows', { texts: [], numbers: ['tags'] }), 'rows(1).tags', 'one number'],
    ];
    for (const [read, ...words] of cases) assert.throws(read, refused('MAT_UNEXPECTED', ...words));
  });

  it('by name where it is of a kind that is not read', () => {
    for (const [name, what] of [
      ['sparse', 'a sparse matrix'],
      ['complex', 'complex numbers'],
      ['large', 'beyond 2^53'],
      ['large_unsigned', 'beyond 2^53'],
      ['object', 'an object'],
    ] as const) {
      assert.throws(
        () => readNumberRow(fixture('unreadable.mat'), name),
        refused('MAT_UNSUPPORTED', `unreadable.mat: ${name}`, what, '-v7', 'savemat'),
      );
    }
    assert.throws(
      () => readTextCells(fixture('handles.mat'), 'handle'),
      refused('MAT_UNSUPPORTED', 'a function handle'),
    );
  });

  it('where there is no such file, or no file at all', () => {
    assert.throws(() => readNumberRow(join(folder, 'no.mat'), 'x'), refused('MAT_MISSING', 'no such file'));
    assert.throws(() => readNumberRow(folder, 'x'), refused('MAT_UNREADABLE', 'a folder'));
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => readNumberRow(join(folder, 'file', 'a.mat'), 'x'), refused('MAT_MISSING'));
    assert.throws(() => readNumberRow(join(folder, 'file'), 'x'), refused('MAT_DAMAGED', 'an empty file'));
  });
});

describe('a value is taken as what it is', () => {
  const value = (name: string, key: string) => readMatVariable(fixture(name), key);

  it('and gives it back', () => {
    assert.deepEqual(
      matNumbers(value('classes.mat', 'negative'), 'x').data,
      new Float64Array([-128, -1, 127]),
    );
    assert.equal(matNumber(value('classes.mat', 'scalar'), 'x'), 7);
    assert.equal(matText(value('text.mat', 'spaces'), 'x'), '  two  ');
    assert.equal(matText(value('text.mat', 'empty'), 'x'), '');
    assert.equal(matCell(value('nested.mat', 'square'), 'x').items.length, 4);
    assert.deepEqual([...matStruct(value('nested.mat', 'single'), 'x').fields.keys()], ['name', 'inner']);
  });

  it('and refused as anything else, with the place that was asked for', () => {
    const rows = value('text.mat', 'matrix');
    assert.throws(
      () => matText(rows, 'here'),
      refused('MAT_UNEXPECTED', 'here', 'one row', 'a 3x3 array of'),
    );
    assert.throws(() => matNumbers(rows, 'here'), refused('MAT_UNEXPECTED', 'here', 'numbers'));
    assert.throws(() => matNumber(value('classes.mat', 'double'), 'here'), refused('MAT_UNEXPECTED', '3x2'));
    assert.throws(() => matCell(rows, 'here'), refused('MAT_UNEXPECTED', 'a cell array'));
    assert.throws(() => matStruct(rows, 'here'), refused('MAT_UNEXPECTED', 'a struct'));
  });
});

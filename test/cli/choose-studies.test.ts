import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BENCHMARKS } from '../../benchmarks/index.ts';
import { ICON_SUITE } from '../../datasets/index.ts';
import { chooseStudies } from '../../src/cli/choose-studies.ts';
import { type GridOptions, UserError } from '../../src/config/index.ts';

const choose = (options: GridOptions, say?: (line: string) => void) =>
  chooseStudies(BENCHMARKS.ablation, options, 'cache', say).studies;

describe('the studies of an experiment', () => {
  it('are all of its own by default, each a selection of sets; all sets where asked', () => {
    assert.deepEqual(
      choose({}).map(({ study }) => study.key),
      BENCHMARKS.ablation.studies.map(({ key }) => key),
    );
    for (const { datasets } of choose({ datasets: ['all'] })) assert.deepEqual(datasets, ICON_SUITE);
  });

  it('with methods of one’s own are one, unless they were named', () => {
    const methods = ['coop_m16_end', 'zeroshot'];
    const merged = choose({ methods });
    assert.deepEqual(
      merged.map(({ study, methods: chosen }) => [study.key, chosen]),
      [['ablation', methods]],
    );
    const named = choose({ studies: ['context-length', 'ensembles'], methods });
    assert.deepEqual(
      named.map(({ study, datasets }) => [study.key, datasets.length]),
      [
        ['context-length', 5],
        ['ensembles', 1],
      ],
    );
  });

  it('have methods of one spelling each, once', () => {
    const methods = ['coop_m16_end:lr=0.02', 'coop_m16_end:lr=2e-2', 'all'];
    const [study] = choose({ studies: ['initialisation'], methods });
    assert.deepEqual(study!.methods, ['coop_m16_end:lr=0.02', 'coop_m4_end', 'coop_m4_end_init']);
  });

  it('never compare a number of views with itself under two names', () => {
    for (const methods of [undefined, ['all']]) {
      const [views] = choose({ studies: ['views'], ...(methods && { methods }) });
      assert.ok(views!.methods.every((key) => key.includes(':views=')));
      assert.ok(views!.methods.includes('coop_m16_end:views=fresh'));
    }
  });

  it('that are not known are refused with near names', () => {
    assert.throws(
      () => choose({ studies: ['contextlength'] }),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(error.code, 'UNKNOWN_STUDY');
        assert.match(error.message, /did you mean context-length/);
        return true;
      },
    );
  });

  it('whose sets are not under --data are left out with a remark; where none is left, that is an error', () => {
    const data = mkdtempSync(join(tmpdir(), 'coop-bench-test-'));
    try {
      assert.throws(() => choose({ data }), /none of them complete/);
      for (let k = 0; k < 2; k++) mkdirSync(join(data, 'dtd', 'images', `class ${k}`), { recursive: true });
      const said: string[] = [];
      const studies = choose({ data }, (line) => said.push(line));
      assert.ok(studies.every(({ datasets }) => datasets.join() === 'dtd'));
      assert.ok(studies.length > 1 && studies.length < BENCHMARKS.ablation.studies.length);
      assert.ok(said.some((line) => line.startsWith('study ensembles is left out')));
    } finally {
      rmSync(data, { recursive: true });
    }
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellRecord } from '../../../src/config/index.ts';
import type { Answer } from '../../../src/report/findings/finding.ts';
import { answerFindings, FINDINGS } from '../../../src/report/findings/index.ts';
import { gatherResults } from '../../../src/report/findings/results.ts';
import { findingRows } from '../../../src/report/findings/rows.ts';
import { buildTables, type ReportPlan } from '../../../src/report/index.ts';
import { joinPlan } from '../../../src/report/join.ts';
import {
  type FakeOptions,
  fakePaperPlan,
  fakePlan,
  fakeRecords,
  IMAGENET_SHIFTS,
  mulberry32,
  PAPER_SETS,
  VARIANTS,
} from '../fake-records.ts';

type Accuracy = (place: {
  readonly method: string;
  readonly shots: number;
  readonly dataset: string;
  readonly target: string;
  readonly backbone: string;
}) => number;

/** Answers for made-up accuracies, by finding; those pictures are right that come first. */
function answersFor(plan: ReportPlan, accuracy: Accuracy, backbone = 'RN50'): Map<string, Answer> {
  const records = fakeRecords(plan).map((record): CellRecord => {
    assert.ok(record.status === 'ok');
    const { cell } = record;
    const random = mulberry32(Number.parseInt(record.key.slice(0, 8), 16));
    const place = { method: cell.method.key, shots: cell.shots, dataset: cell.dataset.key };
    const scores = record.result.scores.map((score) => {
      const at = { ...place, target: score.target, backbone: cell.backbone.name };
      const right = accuracy(at) + 0.004 * (random() - 0.5);
      const hits = new Uint8Array(score.count / 8).map((_, i) => (8 * i < right * score.count ? 255 : 0));
      return { ...score, accuracy: right, hits: Buffer.from(hits).toString('base64') };
    });
    return { ...record, result: { ...record.result, scores } };
  });
  const { cells: rows } = buildTables(plan, records);
  const all = gatherResults({ rows, cells: joinPlan(plan, records), datasets: plan.datasets });
  const results = all.find((results) => results.backbone === backbone)!;
  return new Map(answerFindings(results).map((answer) => [answer.finding.key, answer]));
}

const verdicts = (answers: Map<string, Answer>, ...keys: string[]) =>
  keys.map((key) => {
    const answer = answers.get(key);
    assert.ok(answer !== undefined, key);
    return answer.verdict;
  });

const paperPlan = (options: FakeOptions = {}) =>
  fakePaperPlan({
    methods: [{ key: 'zeroshot', title: 'Zero-shot' }, { key: 'linear_probe', title: 'Probe' }, ...VARIANTS],
    ...options,
  });

test('with the paper’s own numbers the paper’s conclusions from its eleven sets come out', () => {
  const plan = fakePaperPlan();
  const { fewshot, zeroshot } = plan.paper!;
  const answers = answersFor(plan, ({ method, shots, dataset }) => {
    const entry =
      method === 'zeroshot'
        ? zeroshot.rn50!.handcrafted![dataset]
        : fewshot.rn50![method]![dataset]![String(shots)];
    return entry!.mean! / 100;
  });
  const holding = ['over-linear-probe-at-few-shots', 'most-on-special-sets', 'unified-at-few-shots'];
  assert.deepEqual(verdicts(answers, ...holding), ['holds', 'holds', 'holds']);
  // At 16 shots CoOp leads the probe by 2.3 points on the average of the sets.
  const lead = answers.get('over-linear-probe')!.evidence.at(-1)!;
  assert.ok(Math.abs(lead.difference - 0.0232) < 0.002);
  assert.equal(lead.n, 11);
  // And hand-made prompts by 14.65, from −… at 1 shot, which is not asked.
  const over = answers.get('over-hand-made-prompts')!;
  assert.deepEqual(
    over.evidence.map(({ question }) => question),
    ['2 shots', '4 shots', '8 shots', '16 shots'],
  );
  assert.ok(Math.abs(over.evidence.at(-1)!.difference - 0.1465) < 0.002);
});

test('the interval decides: wholly on the claimed side, wholly on the other, or neither', () => {
  const plan = paperPlan({ shots: [16] });
  const gap =
    (by: number | ((dataset: string) => number)): Accuracy =>
    ({ method, dataset }) => {
      const more = typeof by === 'number' ? by : by(dataset);
      return method === 'coop_m16_end' ? 0.5 + more : 0.5;
    };
  const asked = (accuracy: Accuracy) =>
    verdicts(answersFor(plan, accuracy), 'over-linear-probe', 'longer-contexts', 'middle-position');
  assert.deepEqual(asked(gap(0.1)), ['holds', 'holds', 'does not hold']);
  assert.deepEqual(asked(gap(-0.1)), ['does not hold', 'does not hold', 'holds']);
  const mixed = gap((dataset) => (PAPER_SETS.findIndex(({ key }) => key === dataset) % 2 === 0 ? 0.1 : -0.1));
  assert.deepEqual(asked(mixed), ['undecided', 'undecided', 'undecided']);
});

test('a claim of equality holds within a point, fails beyond, and is undecided across the margin', () => {
  const plan = paperPlan({ shots: [16] });
  const words =
    (by: number, spread = 0): Accuracy =>
    ({ method, dataset }) => {
      const sign = PAPER_SETS.findIndex(({ key }) => key === dataset) % 2 === 0 ? 1 : -1;
      return method === 'coop_m4_end_init' ? 0.5 + by + sign * spread : 0.5;
    };
  const verdict = (accuracy: Accuracy) => verdicts(answersFor(plan, accuracy), 'initialisation')[0];
  assert.equal(verdict(words(0.002)), 'holds');
  assert.equal(verdict(words(0.05)), 'does not hold');
  assert.equal(verdict(words(-0.05)), 'does not hold');
  assert.equal(verdict(words(0.01)), 'undecided');
  assert.equal(verdict(words(0, 0.05)), 'undecided');
});

test('two sets decide nothing; one shows the interval of its pictures, and decides nothing either', () => {
  const better: Accuracy = ({ method }) => (method === 'coop_m16_end' ? 0.8 : 0.5);
  const two = answersFor(paperPlan({ shots: [16], datasets: PAPER_SETS.slice(0, 2) }), better);
  const [pair] = two.get('over-linear-probe')!.evidence;
  assert.deepEqual(
    [pair!.verdict, pair!.n, pair!.remark],
    ['undecided', 2, '2 datasets are too few to decide'],
  );
  const one = answersFor(paperPlan({ shots: [16], datasets: PAPER_SETS.slice(0, 1) }), better);
  const [alone] = one.get('over-linear-probe')!.evidence;
  assert.deepEqual([alone!.verdict, alone!.unit, alone!.n], ['undecided', 'pictures', 200]);
  assert.equal(alone!.remark, 'ImageNet alone: over its test pictures, one dataset decides nothing');
  // 30 of 100 pictures differ, all one way: ± 1.96 · √(0.3 · 0.7 / 200).
  assert.ok(Math.abs(alone!.interval!.low - (0.3 - 0.0635)) < 0.02);
});

test('what the paper claims of ImageNet alone is decided by the pictures of one set, and speaks of it', () => {
  const plan = fakePaperPlan({
    shots: [16],
    datasets: PAPER_SETS.slice(0, 1),
    backbones: ['RN50', 'RN101'],
    methods: [...VARIANTS, { key: 'text_bias', title: 'Text bias' }],
  });
  const accuracy: Accuracy = ({ method, backbone }) => {
    if (method !== 'coop_m16_end') return 0.6;
    return backbone === 'RN101' ? 0.8 : 0.5;
  };
  const answers = answersFor(plan, accuracy, 'RN101');
  const asked = ['better-backbones', 'over-fine-tuning', 'longer-contexts'];
  assert.deepEqual(verdicts(answers, ...asked), ['holds', 'holds', 'undecided']);
  const [alone] = answers.get('over-fine-tuning')!.evidence;
  assert.deepEqual([alone!.unit, alone!.n], ['pictures', 200]);
  assert.equal(alone!.remark, 'ImageNet alone: over its test pictures, so it speaks of ImageNet only');
});

test('on a shift the unit is the target, and the source’s own pictures only count the change', () => {
  const methods = [{ key: 'linear_probe', title: 'Probe' }, ...VARIANTS];
  const plan = fakePaperPlan({
    datasets: PAPER_SETS.slice(0, 1),
    targets: IMAGENET_SHIFTS,
    shots: [16],
    methods,
  });
  const answers = answersFor(plan, ({ method, dataset, target }) => {
    const own = dataset === target;
    if (method === 'linear_probe') return own ? 0.8 : 0.4;
    if (method === 'coop_m4_end') return own ? 0.6 : 0.55;
    return own ? 0.7 : 0.5;
  });
  assert.deepEqual(verdicts(answers, 'keeps-its-gain', 'short-contexts-sturdier'), ['holds', 'holds']);
  const [kept] = answers.get('keeps-its-gain')!.evidence;
  // (0.5 − 0.7) − (0.4 − 0.8) = 0.2.
  assert.ok(Math.abs(kept!.difference - 0.2) < 0.005);
  assert.deepEqual([kept!.n, kept!.unit], [4, 'targets']);
});

test('better backbones are asked in the paper’s order, each against the one before', () => {
  const plan = fakePaperPlan({ shots: [16], backbones: ['ViT-B/16', 'RN50', 'RN101'] });
  const accuracy: Accuracy = ({ backbone }) => ({ RN50: 0.5, RN101: 0.6, 'ViT-B/16': 0.55 })[backbone]!;
  const of = (backbone: string) => answersFor(plan, accuracy, backbone).get('better-backbones')!;
  assert.equal(of('RN50').verdict, null);
  assert.equal(of('RN101').verdict, 'holds');
  assert.match(of('RN101').evidence[0]!.question, /over RN50/);
  assert.equal(of('ViT-B/16').verdict, 'does not hold');
  assert.match(of('ViT-B/16').evidence[0]!.question, /over RN101/);
});

test('other backbones are ordered by their hand-made prompts', () => {
  const plan = fakePaperPlan({ shots: [16], backbones: ['large', 'small'] });
  const accuracy: Accuracy = ({ backbone }) => (backbone === 'large' ? 0.6 : 0.5);
  assert.equal(answersFor(plan, accuracy, 'large').get('better-backbones')!.verdict, 'holds');
  assert.equal(answersFor(plan, accuracy, 'small').get('better-backbones')!.verdict, null);
});

test('sets without hand-made prompts do not count when backbones are ordered', () => {
  const plan = fakePaperPlan({ shots: [16], backbones: ['small', 'large'] });
  const some = plan.cells.filter(({ cell }) => cell.method.kind !== 'zeroshot' || cell.dataset.key === 'dtd');
  const accuracy: Accuracy = ({ backbone }) => (backbone === 'large' ? 0.6 : 0.5);
  const of = (backbone: string) => {
    return answersFor({ ...plan, cells: some }, accuracy, backbone).get('better-backbones')!;
  };
  assert.equal(of('large').verdict, 'holds');
  assert.match(of('large').evidence[0]!.question, /over small/);
  assert.equal(of('small').verdict, null);
});

test('the paper’s backbones are known however their names are written', () => {
  const plan = fakePaperPlan({ shots: [16], backbones: ['ViT-B-16', 'rn50'] });
  // By hand-made prompts the order would be the other one.
  const accuracy: Accuracy = ({ backbone }) => (backbone === 'rn50' ? 0.6 : 0.5);
  assert.equal(answersFor(plan, accuracy, 'ViT-B-16').get('better-backbones')!.verdict, 'does not hold');
  assert.equal(answersFor(plan, accuracy, 'rn50').get('better-backbones')!.verdict, null);
});

test('on the icon suite claims about the paper’s sets are not asked, others are', () => {
  const plan = fakePlan({ methods: [...VARIANTS, { key: 'zeroshot', title: 'Zero-shot' }] });
  const answers = answersFor(plan, () => 0.5, 'icon-clip-rn');
  for (const key of [
    'most-on-special-sets',
    'unified-on-generic-sets',
    'class-specific-on-fine-grained-sets',
  ]) {
    assert.equal(answers.get(key)!.verdict, null, key);
    assert.match(answers.get(key)!.finding.needs, /stanford_cars|imagenet/);
  }
  assert.equal(answers.get('over-hand-made-prompts')!.evidence.length, 4);
});

test('nearest words are no sentence where few of them are words; else a person must read', () => {
  const plan = paperPlan({ shots: [16], seeds: [1] });
  const answer = (nearest: string) => {
    const records = fakeRecords(plan).map((record): CellRecord => {
      if (record.status !== 'ok' || record.result.details.nearestWords === undefined) return record;
      const nearestWords = [0, 1, 2, 3].map((position) => {
        const word = position === 0 ? 'a</w>' : nearest;
        return { position, words: [{ word, distance: 1 + position }] };
      });
      return { ...record, result: { ...record.result, details: { nearestWords } } };
    });
    const { cells: rows } = buildTables(plan, records);
    const [results] = gatherResults({ rows, cells: joinPlan(plan, records), datasets: plan.datasets });
    return answerFindings(results!).find(({ finding }) => finding.key === 'words-not-readable')!;
  };
  assert.equal(answer('~').verdict, 'holds');
  assert.match(answer('~').evidence[0]!.remark!, /in 25 % of the places, at a mean distance of 2\.50/);
  const words = answer('photo</w>');
  assert.equal(words.verdict, 'undecided');
  assert.match(words.evidence[0]!.remark!, /for a person to read: “a photo photo photo”/);
});

test('findings.csv has a row a test, and one for what was not asked', () => {
  const plan = fakePaperPlan({ shots: [16], methods: [{ key: 'zeroshot', title: 'Zero-shot' }] });
  const rows = findingRows('RN50', [...answersFor(plan, () => 0.5).values()]);
  assert.equal(rows.length, FINDINGS.length);
  assert.ok(rows.every(({ verdict, n }) => verdict === 'not asked' && n === null));
  assert.equal(new Set(FINDINGS.map(({ key }) => key)).size, FINDINGS.length);
});

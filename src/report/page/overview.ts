import { plural } from '../format.ts';
import { html } from '../html.ts';
import { methodLearns, type ReportPlan, titleOf } from '../plan.ts';
import { hasTargets, shownSets, unitWord } from '../test-sets.ts';
import { figure } from './figure.ts';
import type { PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';

/** What the section of all test sets says of its figure. */
interface OverviewWords {
  readonly title: string;
  readonly note: string;
  readonly alternative: string;
  readonly caption: string;
}

/** The figure of all test sets; left out where the headline shows the only one. */
export function overviewSection(input: PageInput): Section | null {
  if (shownSets(input.plan).length < 2) return null;
  const { title, note, alternative, caption } = overviewWords(input.plan);
  const parts = perBackbone(input, ({ figures, backbone }) => {
    if (figures.overview === undefined) return null;
    const words = `${alternative}, ${backbone}; the numbers stand in the tables below.`;
    return html`<div class="wide">${figure(figures.overview, words, caption)}</div>`;
  });
  return parts === null ? null : section('overview', title, note, parts);
}

function overviewWords(plan: ReportPlan): OverviewWords {
  const only = plan.shots[0];
  if (only === undefined || plan.shots.length > 1) {
    return {
      title: 'Learning curves',
      note: 'Test accuracy against the number of labelled training pictures per class.',
      alternative: `Accuracy by shots, one panel a ${unitWord(plan)}`,
      caption:
        'Every panel has its own accuracy axis. Stars and dashed lines: zero-shot. Bands: ± one standard deviation over seeds.',
    };
  }
  const hasZeroShot = plan.methods.some(({ key }) => !methodLearns(plan, key));
  const lines = `${hasZeroShot ? 'Stars: zero-shot. ' : ''}Lines through the dots: ± one standard deviation over seeds.`;
  if (hasTargets(plan)) {
    return {
      title: 'From the source to the targets',
      note: `Learned on ${plural(only, 'picture')} per class of the source, scored on its test pictures and on the targets. Nothing is learned or chosen on a target.`,
      alternative: 'Accuracy by test set, one dot a method',
      caption: `One axis for all: the drop from the source reads down the page. ${lines}`,
    };
  }
  return {
    title: 'Accuracy by dataset',
    note: `Test accuracy with ${plural(only, 'labelled training picture')} per class.`,
    alternative: 'Accuracy by method, one panel a dataset',
    caption: `Every panel has its own accuracy axis. ${lines}`,
  };
}

/** Training losses of the CoOp runs with the most shots. */
export function lossSection(input: PageInput): Section | null {
  const parts = perBackbone(input, ({ figures, backbone, runs }) => {
    if (figures.loss === undefined || runs === null) return null;
    const alternative = `Training loss by epoch, one panel a dataset, ${backbone}.`;
    const method = titleOf(input.plan.methods, runs.method);
    const caption = `Mean cross-entropy of every epoch; ${method}, ${plural(runs.shots, 'shot')}, a line a seed.`;
    return html`<div class="wide">${figure(figures.loss, alternative, caption)}</div>`;
  });
  return parts === null ? null : section('loss', 'Training loss', null, parts);
}

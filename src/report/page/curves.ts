import { html } from '../html.ts';
import { titleOf } from '../plan.ts';
import { figure } from './figure.ts';
import type { PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';

/** The few-shot figure with all its panels; left out where the headline shows the only one. */
export function curvesSection(input: PageInput): Section | null {
  if (input.plan.datasets.length < 2) return null;
  const parts = perBackbone(input, ({ figures, backbone }) => {
    if (figures.curves === undefined) return null;
    const alternative = `Accuracy by shots, one panel a dataset, ${backbone}; the numbers stand in the tables below.`;
    const caption =
      'Every panel has its own accuracy axis. Stars and dashed lines: zero-shot. Bands: ± one standard deviation over seeds.';
    return html`<div class="wide">${figure(figures.curves, alternative, caption)}</div>`;
  });
  const note = 'Test accuracy against the number of labelled training pictures per class.';
  return parts === null ? null : section('curves', 'Learning curves', note, parts);
}

/** Training losses of the CoOp runs with the most shots. */
export function lossSection(input: PageInput): Section | null {
  const parts = perBackbone(input, ({ figures, backbone, runs }) => {
    if (figures.loss === undefined || runs === null) return null;
    const alternative = `Training loss by epoch, one panel a dataset, ${backbone}.`;
    const method = titleOf(input.plan.methods, runs.method);
    const caption = `Mean cross-entropy of every epoch; ${method}, ${runs.shots} shots, a line a seed.`;
    return html`<div class="wide">${figure(figures.loss, alternative, caption)}</div>`;
  });
  return parts === null ? null : section('loss', 'Training loss', null, parts);
}

import { plural } from '../format.ts';
import { html } from '../html.ts';
import { titleOf } from '../plan.ts';
import { figure } from './figure.ts';
import type { PageInput } from './input.ts';
import { perBackbone, type Section, section } from './section.ts';

/** Loss and accuracy on the training pictures, of the runs with the most shots. */
export function trainingSection(input: PageInput): Section | null {
  const parts = perBackbone(input, ({ figures, backbone, runs }) => {
    const { loss, trainingAccuracy } = figures;
    if (loss === undefined || runs === null) return null;
    const run = `${titleOf(input.plan.methods, runs.method)}, ${plural(runs.shots, 'shot')}, a line a seed.`;
    const accuracy =
      trainingAccuracy === undefined
        ? html`<p class="section-note">Accuracy on the training pictures by epoch is not in these records: earlier versions did not keep it.</p>`
        : figure(
            trainingAccuracy,
            `Accuracy on the training pictures by epoch, one panel a dataset, ${backbone}.`,
            `Share of the epoch’s pictures that were classified rightly, each before the step that learned from it; ${run}`,
          );
    return html`<div class="wide">${figure(
      loss,
      `Training loss by epoch, one panel a dataset, ${backbone}.`,
      `Mean cross-entropy of every epoch; ${run}`,
    )}${accuracy}</div>`;
  });
  return parts === null ? null : section('loss', 'Training', null, parts);
}

import { plural } from '../format.ts';
import { html, type SafeHtml } from '../html.ts';
import { methodLearns, type ReportPlan } from '../plan.ts';
import { hasTargets, shownSets, unitWord } from '../test-sets.ts';
import { figure, figureFiles, panelGrid } from './figure.ts';
import type { BackbonePart, PageInput } from './input.ts';
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
  const { plan } = input;
  const { title, note, alternative, caption } = overviewWords(plan);
  const several = shownSets(plan).length > 1;
  const parts = perBackbone(input, (part) => {
    const { figures, backbone } = part;
    const words = `${alternative}, ${backbone}; the numbers stand in the tables below.`;
    const overview = several && figures.overview !== undefined && overviewFigure(plan, part, words, caption);
    const more = furtherFigures(plan, part);
    return overview === false && more.length === 0 ? null : html`${overview}${more}`;
  });
  const [over] = input.figures;
  const backbones =
    over !== undefined &&
    html`<div class="wide">${figure(
      over,
      'Accuracy by backbone and method, one panel a set; the numbers stand in the tables below.',
      'A band a backbone, a dot a method; lines through the dots: ± one standard deviation over seeds.',
      { plan },
    )}</div>`;
  if (parts === null && backbones === false) return null;
  return section('overview', title, note, html`${backbones}${parts}`);
}

/** Panels that the page lays out, where they are apart; else the figure as it is. */
function overviewFigure(
  plan: ReportPlan,
  { figures }: BackbonePart,
  words: string,
  caption: string,
): SafeHtml {
  const { panels, overview } = figures;
  if (panels.length === 0)
    return html`<div class="wide">${figure(overview!, words, caption, { plan })}</div>`;
  return panelGrid(plan, panels, words, html`${caption} ${figureFiles(overview!)}`);
}

/** Figures of particular questions. */
function furtherFigures(plan: ReportPlan, { figures, backbone }: BackbonePart): readonly SafeHtml[] {
  const { contextLength, overZeroShot } = figures;
  const about = (what: string) => `${what}, ${backbone}; the numbers stand in the tables below.`;
  return [
    contextLength !== undefined &&
      html`<div class="wide">${figure(
        contextLength,
        about('Accuracy by number of context vectors, one panel a set'),
        'Accuracy against the number of context vectors; lines through the dots: ± one standard deviation over seeds.',
      )}</div>`,
    overZeroShot !== undefined &&
      figure(
        overZeroShot,
        about('Every method minus zero-shot with 95 % intervals'),
        'Right of the line a method is ahead of zero-shot. An interval that crosses the line may be chance.',
        { plan },
      ),
  ].filter((drawn) => drawn !== false);
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

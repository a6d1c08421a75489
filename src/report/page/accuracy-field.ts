import { DASH, percent, points } from '../format.ts';
import { type HtmlValue, html } from '../html.ts';
import { comparesWithPaper, publishedFor } from '../paper/published.ts';
import { methodLearns, type ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import type { Field } from './data-table.ts';

/** Names of the columns that an accuracy becomes when its table is copied; with the paper's where it is beside. */
export function accuracyCopy(plan: ReportPlan, backbone: string, title: string): readonly string[] {
  const paper = comparesWithPaper(plan, backbone) ? [`${title} paper`, `${title} minus paper`] : [];
  return [title, `${title} std`, ...paper];
}

/**
 * A mean accuracy in percent with its deviation over seeds, and under it the published one and how far ours is from
 * it; a copy carries them with four decimals. Says so where seeds are missing.
 *
 * @param best Highest mean of what it is compared with: that one is bold.
 */
export function accuracyField(
  plan: ReportPlan,
  backbone: string,
  row: SummaryRow | undefined,
  best: number,
): Field {
  const paper = comparesWithPaper(plan, backbone);
  if (row === undefined) {
    return { content: DASH, sort: null, copy: paper ? ['', '', '', ''] : ['', ''] };
  }
  const isBest = row.accuracy_mean === best;
  const number = percent(row.accuracy_mean);
  const value = isBest ? html`<b>${number}</b>` : number;
  const random = methodLearns(plan, row.method);
  const spread = row.seeds > 1 && html` <small>± ${percent(row.accuracy_std)}</small>`;
  const some =
    random &&
    row.seeds < plan.seeds.length &&
    html` <small class="part">${row.seeds} of ${plan.seeds.length} seeds</small>`;
  const { paper_accuracy: published } = row;
  const gap = published === null ? null : row.accuracy_mean - published;
  return {
    content: html`${value}${spread}${some}${paper && paperLine(plan, row)}`,
    sort: row.accuracy_mean,
    copy: [
      percent(row.accuracy_mean, 4),
      random ? percent(row.accuracy_std, 4) : '',
      ...(paper
        ? [published === null ? '' : percent(published, 4), gap === null ? '' : percent(gap, 4)]
        : []),
    ],
    ...(isBest ? { className: 'best' } : {}),
  };
}

/** The published number, the gap, and what others obtained: a dash where it was not found. */
function paperLine(plan: ReportPlan, row: SummaryRow): HtmlValue {
  const published = publishedFor(plan, row);
  if (published === null) return null;
  const { accuracy, source, doubt, alternatives, reproductions } = published;
  if (accuracy === null) return html`<small class="paper">paper ${DASH}</small>`;
  const others = alternatives.map((other) => `${percent(other.accuracy, 2)} (${other.source})`);
  const title = [
    `read from ${source}`,
    ...(doubt === null ? [] : [doubt]),
    ...(others.length > 0 ? [`also published: ${others.join(', ')}`] : []),
  ].join('; ');
  const users = [...new Set(reproductions.flatMap(({ obtained }) => obtained))].sort((a, b) => a - b);
  const range =
    users.length > 1 ? `${users[0]!.toFixed(1)} to ${users.at(-1)!.toFixed(1)}` : users[0]?.toFixed(1);
  return html`<small class="paper" title="${title}"><span class="keep">paper ${percent(accuracy, 2)}${doubt !== null && '†'}</span> <span class="keep">gap ${points(row.accuracy_mean - accuracy)}</span></small>${
    range !== undefined && html`<small class="paper">users obtain ${range}</small>`
  }`;
}

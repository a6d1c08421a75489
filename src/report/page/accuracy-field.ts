import { DASH, percent } from '../format.ts';
import { html } from '../html.ts';
import { methodLearns, type ReportPlan } from '../plan.ts';
import type { SummaryRow } from '../rows.ts';
import type { Field } from './data-table.ts';

/**
 * A mean accuracy in percent with its deviation over seeds; a copy carries both with four decimals. Says so
 * where seeds are missing.
 *
 * @param best Highest mean of what it is compared with: that one is bold.
 */
export function accuracyField(plan: ReportPlan, row: SummaryRow | undefined, best: number): Field {
  if (row === undefined) return { content: DASH, sort: null, copy: ['', ''] };
  const isBest = row.accuracy_mean === best;
  const number = percent(row.accuracy_mean);
  const value = isBest ? html`<b>${number}</b>` : number;
  const random = methodLearns(plan, row.method);
  const spread = row.seeds > 1 && html` <small>± ${percent(row.accuracy_std)}</small>`;
  const some =
    random &&
    row.seeds < plan.seeds.length &&
    html` <small class="part">${row.seeds} of ${plan.seeds.length} seeds</small>`;
  return {
    content: html`${value}${spread}${some}`,
    sort: row.accuracy_mean,
    copy: [percent(row.accuracy_mean, 4), random ? percent(row.accuracy_std, 4) : ''],
    ...(isBest ? { className: 'best' } : {}),
  };
}

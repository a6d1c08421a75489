import { relative, resolve } from 'node:path';
import { cellLabel, formatDuration, type RunSummary } from '../runner/index.ts';

/** More failed cells than this are counted, not listed. */
const LISTED = 20;

/** The failed cells of a run, each with its reason, and the command that tries them again. */
function failures({ records }: RunSummary, command: string): string[] {
  const failed = records.flatMap((record) => (record.status === 'failed' ? [record] : []));
  if (failed.length === 0) return [];
  const lines = failed.slice(0, LISTED).map(({ key, cell, error }) => {
    const [reason] = error.message.split('\n');
    return `  ${key}  ${cellLabel(cell)}: ${error.code}: ${reason}`;
  });
  const more = failed.length > LISTED ? [`  and ${failed.length - LISTED} more`] : [];
  return [`failed:`, ...lines, ...more, `to try them again: ${command}`];
}

/** What a run says at its end. @param command The command line that goes on with it. */
export function closingWords(
  summary: RunSummary,
  outDir: string,
  elapsedMs: number,
  command: string,
): string {
  const { cells, computed, reused, elsewhere, failed, interrupted } = summary;
  const counts = [
    `${computed} cells computed`,
    ...(elsewhere > 0 ? [`${elsewhere} by other runs`] : []),
    `${reused} reused`,
    ...(failed > 0 ? [`${failed} FAILED`] : []),
  ].join(', ');
  const missing = cells.length - computed - elsewhere - reused - failed;
  if (interrupted) return `stopped: ${counts}, ${missing} left; the same command goes on from here`;
  const rest = missing > 0 ? `, ${missing} left to other shards` : '';
  const prompts = summary.learnedPrompts
    ? [`learned prompts: ${relative('.', resolve(outDir, 'prompts'))}`]
    : [];
  return [
    ...failures(summary, command),
    `${counts}${rest} in ${formatDuration(elapsedMs)}`,
    `report: ${relative('.', resolve(outDir, 'index.html'))}`,
    ...prompts,
  ].join('\n');
}

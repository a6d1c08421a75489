import { Command } from 'commander';
import { UserError } from '../config/index.ts';
import { formatBytes } from '../files/index.ts';
import {
  cellLabel,
  type FolderStatus,
  folderStatus,
  formatDuration,
  type RunLife,
  type SeenRun,
} from '../runner/index.ts';

/** More failed cells than this are counted, not listed. */
const LISTED = 20;

const LIFE: Readonly<Record<RunLife, string>> = {
  running: 'running',
  silent: 'SILENT: stopped, cut off or dead',
  killed: 'KILLED; the same command goes on from there',
  finished: 'finished',
  interrupted: 'interrupted; the same command goes on from there',
  stopped: 'stopped by an error: see its log',
};

function countsLine({ out, cells, cellsPerMinute, timeLeftMs, alive }: FolderStatus): string {
  const { total, done, failed, running, left } = cells;
  const rate = cellsPerMinute === null ? [] : [`${cellsPerMinute.toPrecision(2)} cells/min`];
  const time = alive && timeLeftMs !== null ? [`${formatDuration(timeLeftMs)} left`] : [];
  return [
    `${out}: ${done} of ${total} cells done, ${running} running, ${failed} failed, ${left} left`,
    ...rate,
    ...time,
  ].join(' · ');
}

function runLines({
  state,
  pid,
  host,
  since,
  silentMs,
  workers,
  threads,
  memoryBytes,
  ...run
}: SeenRun): string[] {
  const alive = state === 'running' || state === 'silent';
  const memory = alive && memoryBytes !== null ? `, ${formatBytes(memoryBytes)}` : '';
  const sign = alive ? `, last heard of ${formatDuration(silentMs)} ago` : '';
  return [
    `process ${pid} on ${host}, since ${since}: ${LIFE[state]} (${workers} × ${threads} threads${memory}${sign})`,
    `  ${run.command}`,
    `  log: ${run.log}`,
    ...(alive ? run.running.map((label) => `  at ${label}`) : []),
  ];
}

function failureLines({ failures }: FolderStatus): string[] {
  const lines = failures.slice(0, LISTED).map(({ key, cell, error }) => {
    return `  ${key}  ${cellLabel(cell)}: ${error.code}: ${error.message.split('\n')[0]}`;
  });
  const more = failures.length > LISTED ? [`  and ${failures.length - LISTED} more`] : [];
  return failures.length === 0 ? [] : ['failed (the same command tries them again):', ...lines, ...more];
}

function status(folder: string, { json = false }: { readonly json?: boolean }): void {
  const found = folderStatus(folder);
  if (found === null) {
    throw new UserError('NO_RUN', {
      where: `status of ${folder}`,
      expected: 'the output folder of a grid: its --out',
      found: 'no trace of a run',
      hint: 'coop-bench bench …, which makes reports/<benchmark> unless --out says otherwise',
    });
  }
  const text = json
    ? JSON.stringify({
        ...found,
        failures: found.failures.map(({ key, cell, error: { code, message } }) => ({
          key,
          label: cellLabel(cell),
          code,
          message,
        })),
      })
    : [countsLine(found), ...found.runs.flatMap(runLines), ...failureLines(found)].join('\n');
  process.stdout.write(`${text}\n`);
}

/** `coop-bench status` */
export function statusCommand(): Command {
  return new Command('status')
    .description('how far a run is that goes on elsewhere, or how it ended')
    .argument('<folder>', 'output folder of a grid')
    .option(
      '--json',
      'an object: out, alive, cells {total done failed running left}, cellsPerMinute, timeLeftMs, runs, failures',
    )
    .addHelpText(
      'after',
      `
Reads the folder alone, so it also works from another machine that sees it.
cells: of the plans of the runs that live, or of the last run where none does. A run that says nothing for half a
minute is silent; one whose process is gone is killed.

Examples:
  npx coop-bench status reports/fewshot
  npx coop-bench status reports/fewshot --json`,
    )
    .action(status);
}

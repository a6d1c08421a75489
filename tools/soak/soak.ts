import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { differences, RecordWatch } from './check.ts';
import { type Started, startGrid } from './grid.ts';

/** How to disturb a grid. */
export interface SoakOptions {
  readonly folder: string;
  readonly cells: number;
  /** Workers of each of the commands that share the folder. */
  readonly commands: readonly number[];
  /** Killing goes on for so long; a grid that is done sooner is begun anew. */
  readonly seconds: number;
  /** From one kill to the next: this long, half to one and a half times. */
  readonly killEverySeconds: number;
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface SoakResult {
  readonly kills: { readonly command: number; readonly pool: number };
  /** Grids that were done while things were killed, and the last one. */
  readonly rounds: number;
  /** Good records seen while things were killed. */
  readonly records: number;
  /** Nothing: no record was lost, doubled or different. */
  readonly faults: readonly string[];
}

/** The processes that compute for a command. */
function poolOf({ pid }: Started['process']): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid), '-f', 'pool-host'], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/**
 * Runs a grid undisturbed, and again with several commands in one folder, of which at random instants one, or the
 * process in which it computes, is killed by SIGKILL; then to its end, and compares.
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { folder, cells, commands, seconds, killEverySeconds, say } = options;
  const grid = { folder, cells };
  say(`${cells} cells undisturbed`);
  const whole = await startGrid(grid, 'whole', Math.max(...commands)).ended;
  if (whole !== 0) throw new Error(`the undisturbed grid ended with ${whole}: see ${folder}/whole.stderr`);

  const kills = { command: 0, pool: 0 };
  const faults: string[] = [];
  const endAt = performance.now() + seconds * 1000;
  let [records, rounds] = [0, 0];
  while (rounds === 0 || performance.now() < endAt) {
    rounds += 1;
    const out = `killed-${rounds}`;
    const watch = new RecordWatch(join(folder, out));
    const running = commands.map((workers) => ({ workers, started: startGrid(grid, out, workers) }));
    let complete = false;
    while (!complete && performance.now() < endAt) {
      await sleep(killEverySeconds * 1000 * (0.5 + Math.random()));
      watch.look();
      const victim = running[Math.floor(Math.random() * running.length)]!;
      complete = running.some(({ started: { process: child } }) => child.exitCode === 0);
      if (complete) break;
      // One whose pool was killed each time a cell ran has ended with failed cells: a person starts it again.
      for (const ended of running.filter((one) => one.started.process.exitCode !== null))
        ended.started = startGrid(grid, out, ended.workers);
      const { started } = victim;
      const [pool] = poolOf(started.process);
      if (pool !== undefined && Math.random() < 0.5) {
        if (kill(pool)) kills.pool += 1;
      } else if (kill(started.process.pid!)) {
        kills.command += 1;
        await started.ended;
        victim.started = startGrid(grid, out, victim.workers);
      }
      say(`${watch.count} records, ${kills.command} commands and ${kills.pool} pools killed`);
    }
    // Those that live go on together to the end; one more tries again what was killed twice.
    await Promise.all(running.map(({ started }) => started.ended));
    const last = await startGrid(grid, out, Math.max(...commands)).ended;
    if (last !== 0) faults.push(`${out}: the last command ended with ${last}`);
    watch.look();
    records += watch.count;
    faults.push(...watch.faults, ...differences(join(folder, 'whole'), join(folder, out)));
    say(`round ${rounds}: ${watch.count} records, ${faults.length} faults`);
  }
  return { kills, rounds, records, faults };
}

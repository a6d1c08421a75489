import { Command } from 'commander';
import { coopStepCommand } from './debug-coop-step.ts';
import { linearProbeCommand } from './debug-linear-probe.ts';

/** `coop-bench debug …`: single computations on given tensors, to compare with other implementations. */
export function debugCommand(): Command {
  return new Command('debug')
    .description('one computation on given tensors, to compare with other implementations')
    .addCommand(coopStepCommand())
    .addCommand(linearProbeCommand());
}

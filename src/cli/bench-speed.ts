import { Command } from 'commander';
export function benchSpeedCommand(): Command {
  return new Command('speed');
}

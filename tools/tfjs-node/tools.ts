import { spawnSync } from 'node:child_process';
import { UserError } from '../../src/config/index.ts';

/** Tells the person at the terminal. */
export function say(line: string): void {
  process.stderr.write(`tfjs-node: ${line}\n`);
}

/** Runs a program to its end. @throws {UserError} COMMAND_FAILED with its last lines. */
export function run(what: string, program: string, args: readonly string[], cwd = process.cwd()): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-12).join('\n            ');
  throw new UserError('COMMAND_FAILED', {
    where: `${what}: ${program} ${args.join(' ')}`,
    found: error?.message ?? (said || `exit code ${status}`),
    cause: error,
  });
}

/** @throws {UserError} UNSUPPORTED_PLATFORM */
export function requirePlatform(): void {
  if (process.platform === 'linux' && process.arch === 'x64') return;
  throw new UserError('UNSUPPORTED_PLATFORM', {
    where: 'building tfjs-node from a wheel of TensorFlow',
    expected: 'Linux on x86-64',
    found: `${process.platform} on ${process.arch}`,
    hint: 'npm i @tensorflow/tfjs-node@4.22.0, or --engine tensorflow --device wasm, which needs nothing more',
  });
}

/** @param command Something harmless that shows whether it is there. @throws {UserError} TOOL_MISSING */
export function requireTool(name: string, command: readonly [string, ...string[]], install: string): void {
  const [program, ...args] = command;
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new UserError('TOOL_MISSING', {
    where: 'building tfjs-node from a wheel of TensorFlow',
    expected: `${name}: ${command.join(' ')} runs`,
    found: error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it fails',
    hint: install,
  });
}

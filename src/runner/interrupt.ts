/** Exit code of a process that a person stopped: 128 + SIGINT. */
export const INTERRUPTED_EXIT_CODE = 130;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Watches for Ctrl-C until `dispose`. */
export interface Interrupt {
  /** Aborted by the first Ctrl-C (or SIGTERM). Give it to `runTasks`. */
  readonly signal: AbortSignal;
  /** Restores the default: the next Ctrl-C ends the process. */
  dispose(): void;
}

/**
 * Makes the first SIGINT or SIGTERM a polite request, and the second one final: it ends this process at once with
 * exit code 130, which also ends the pool's process and frees the output folder.
 *
 * @param onFirst Called at the first signal, after the abort.
 */
export function watchInterrupt(onFirst: (signal: NodeJS.Signals) => void = () => {}): Interrupt {
  const controller = new AbortController();
  const heard = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
    controller.abort();
    onFirst(signal);
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, heard);
    },
  };
}

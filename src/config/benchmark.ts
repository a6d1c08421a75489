/** One experiment of the paper as data: which axes it spans. Read by the command, never containing how. */
export interface Benchmark {
  /** Name of the sub-command and stem of its files. */
  readonly key: string;
  readonly title: string;
  /** Which figure or table of the paper it mirrors, and what to look for. */
  readonly introduction: string;
  /** Datasets trained on. */
  readonly datasets: readonly string[];
  /** Datasets whose test pictures are scored besides the source's own. */
  readonly targets: readonly string[];
  readonly methods: readonly string[];
  /** What takes the place of the above on photographs, with `--data`: the experiment as the paper has it. */
  readonly photographs: Pick<Benchmark, 'datasets' | 'targets' | 'methods'>;
  readonly shots: readonly number[];
  readonly seeds: readonly number[];
}

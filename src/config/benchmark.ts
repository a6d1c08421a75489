/** Sets and methods of a study on one kind of pictures. */
export interface StudyExtent {
  /** Datasets trained on. */
  readonly datasets: readonly string[];
  /** Datasets whose test pictures are scored besides the source's own. */
  readonly targets: readonly string[];
  readonly methods: readonly string[];
}

/** One question, answered by one grid: every method at every shot count and seed on every set. */
export interface Study extends StudyExtent {
  /** Name on the command line and of the study's folder; the benchmark's own key where it has one study. */
  readonly key: string;
  readonly title: string;
  /** Which figure or table of the paper it mirrors, and what to look for. */
  readonly introduction: string;
  readonly shots: readonly number[];
  readonly seeds: readonly number[];
  /** Where the above is a selection that fits a laptop: what `--datasets all` takes; its seeds with `--data` too. */
  readonly whole?: Pick<Study, 'datasets' | 'seeds'>;
  /** What takes the place of sets and methods on photographs, with `--data`: the experiment as the paper has it. */
  readonly photographs: StudyExtent;
}

/** One experiment of the paper as data: which axes it spans. Read by the command, never containing how. */
export interface Benchmark {
  /** Name of the sub-command and stem of its files. */
  readonly key: string;
  readonly title: string;
  readonly introduction: string;
  readonly studies: readonly Study[];
}

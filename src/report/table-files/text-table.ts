import { decodeHTML } from 'entities';

/** A stretch of text of one weight. */
export interface Run {
  readonly text: string;
  readonly bold: boolean;
}

/** A table without its markup, for files of other formats. */
export interface TextTable {
  /** Stem of its files: letters, digits and hyphens. */
  readonly name: string;
  readonly caption: readonly Run[];
  readonly columns: readonly {
    readonly head: readonly Run[];
    readonly numeric: boolean;
    /** Names of the columns that this one becomes in a CSV. */
    readonly copy: readonly string[];
  }[];
  readonly rows: readonly TextRow[];
  /** Rows that stay at the end, e.g. an average. */
  readonly foot: readonly TextRow[];
}

type TextRow = readonly TextField[];

interface TextField {
  readonly runs: readonly Run[];
  /** Values in a CSV. */
  readonly copy: readonly string[];
}

/** Elements that begin a line of their own on the page: what they hold is set off. */
const LINE = /^<(?:div|li|br|small class="(?:part|paper)")/;

/**
 * The text of the page's markup, with what is bold. Knows the few elements that tables of the page hold; lines of a field
 * are set off by a semicolon.
 */
export function runsOf(markup: string): readonly Run[] {
  const runs: Run[] = [];
  let bold = 0;
  const say = (text: string) => {
    const last = runs.at(-1);
    if (last?.bold === bold > 0) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ text, bold: bold > 0 });
  };
  for (const [piece] of markup.matchAll(/<[^>]*>|[^<]+/g)) {
    if (piece.startsWith('<')) {
      if (piece === '<b>') bold += 1;
      else if (piece === '</b>') bold -= 1;
      else if (LINE.test(piece) && runs.some(({ text }) => text.trim() !== '')) say('; ');
    } else say(decodeHTML(piece));
  }
  const tidy = runs.map(({ text, bold }) => ({ bold, text: text.replace(/\s+/g, ' ').replace(' ; ', '; ') }));
  const kept = tidy.filter(({ text }) => text !== '');
  return kept.map(({ text, bold }, i) => {
    const start = i === 0 ? text.trimStart() : text;
    return { bold, text: i === kept.length - 1 ? start.trimEnd() : start };
  });
}

/** Without weights. */
export const plainText = (runs: readonly Run[]): string => runs.map(({ text }) => text).join('');

import { stripVTControlCharacters } from 'node:util';

/** Where a display writes: stderr, or a test. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A few lines at the bottom of a terminal that are drawn again in place. */
export class TerminalBlock {
  readonly #stream: ProgressStream;
  #height = 0;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** Draws the lines over the ones drawn last. */
  draw(lines: readonly string[]): void {
    this.#stream.write(`${this.#toTop()}${this.#fit(lines)}`);
    this.#height = lines.length;
  }

  /** Puts a line above the block, where it stays. The block is gone until the next `draw`. */
  above(line: string): void {
    this.#stream.write(`${this.#toTop()}${line}\n`);
    this.#height = 0;
  }

  #toTop(): string {
    // Up to the first line, to its start, and clear to the end of the screen.
    return this.#height === 0 ? '' : `\x1b[${this.#height}A\r\x1b[J`;
  }

  #fit(lines: readonly string[]): string {
    // A line that wraps would make the count of lines to go up wrong.
    const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
    return lines.map((line) => `${cut(stripVTControlCharacters(line), width)}\n`).join('');
  }
}

function cut(line: string, width: number): string {
  const characters = [...line.replaceAll('\n', ' ')];
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join('')}…`;
}

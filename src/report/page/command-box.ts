import { html, type SafeHtml } from '../html.ts';

/** A command line with a button that copies it. */
export function commandBox(command: string): SafeHtml {
  return html`<div class="command"><code>${command}</code><button type="button" data-copy-text>Copy</button></div>`;
}

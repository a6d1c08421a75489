import { createHash } from 'node:crypto';
import { type HtmlValue, html, type SafeHtml, trusted } from '../html.ts';
import { PAGE_SCRIPT } from './script.ts';
import { PAGE_STYLE } from './style.ts';

/** The parts of a page. */
interface PageParts {
  readonly title: string;
  readonly header: HtmlValue;
  readonly main: HtmlValue;
  readonly footer: HtmlValue;
}

/**
 * One self-contained HTML file: style, script and figures are inside, nothing is loaded.
 *
 * The page's policy forbids every request, and every script but its own (by hash), so that even text that
 * slipped through the escaping could not run.
 */
export function pageShell({ title, header, main, footer }: PageParts): SafeHtml {
  const hash = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
${header}
<main>${main}
</main>
<footer><div>${footer}</div></footer>
<div id="tip" role="tooltip" hidden></div>
<div id="announce" class="unseen" role="status"></div>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`;
}

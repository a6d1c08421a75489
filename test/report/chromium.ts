import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

/** Path of a Chromium on this machine; fails, with what to do, where there is none. */
export function chromiumPath(): string {
  const places = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  assert.ok(found, 'no Chromium found: install it (Debian: apt-get install chromium) or name it in CHROMIUM');
  return found;
}

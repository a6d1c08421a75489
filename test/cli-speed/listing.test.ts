import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { listingMeasure } from '../../src/cli/speed/listing.ts';
import type { Engine } from '../../src/runtime/index.ts';

const none = undefined as unknown as Engine;

// Trees are written under the system's temporary folder: here one of this test's own.
const folder = mkdtempSync(join(tmpdir(), 'coop-bench-listing-test-'));
process.env.TMPDIR = folder;
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the measure of listings', () => {
  for (const from of ['disk', 'cache'] as const) {
    it(`lists 2,000 files from the ${from} in a process of its own, and leaves nothing behind`, async () => {
      const workload = await listingMeasure({ folders: 7, files: 2000 }, from).prepare(none);
      // A run throws unless all files are listed.
      await workload.run();
      assert.match(workload.problem, /^2000 empty files in 7 folders/);
      const seconds = workload.value(0);
      assert.ok(seconds > 0 && seconds < 10, `${seconds} s`);
      // Node with tsx is about 80 MB; 1.28 million files may take it to 500 MB.
      assert.ok(workload.peakRss!() < 300e6, `${workload.peakRss!()} bytes`);
      await workload.dispose();
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('coop-bench-list-')),
        [],
      );
    });
  }
});

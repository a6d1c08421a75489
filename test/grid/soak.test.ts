import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { soak } from '../../tools/soak/soak.ts';
import { temporaryFolder } from './command.ts';

test('commands that share a folder and are killed at random lose, double and change no record', async (t) => {
  const result = await soak({
    folder: join(temporaryFolder(t), 'soak'),
    cells: 60,
    commands: [1, 1],
    seconds: 15,
    killEverySeconds: 3,
    say: (line) => t.diagnostic(line),
  });
  assert.deepEqual(result.faults, []);
  assert.ok(result.kills.command + result.kills.pool > 0);
});

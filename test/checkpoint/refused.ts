import assert from 'node:assert/strict';
import { UserError } from '../../src/config/errors.ts';

/** Asserts that something ends in a UserError of this code and text, and within ten seconds of computing. */
export async function refused(action: () => unknown, code: string, pattern: RegExp): Promise<void> {
  const before = process.cpuUsage();
  await assert.rejects(
    async () => await action(),
    (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, pattern);
      return true;
    },
  );
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 10e6, 'took too long');
}

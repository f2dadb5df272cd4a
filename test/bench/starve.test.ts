import { run } from '../../bench/starve';
import { GUARD_MS } from './guard';

/* Milliseconds depend on the machine; how long an operator waits in acceptances does not. */

(process.env.DATABASE_URL ? test : test.skip)(
  'an operator waits no longer than a few acceptances, beside hundreds a second',
  async () => {
    const [, ratio] = await run(300);
    expect(ratio).toMatchObject({ what: expect.stringContaining('over'), reached: true });
  },
  GUARD_MS,
);

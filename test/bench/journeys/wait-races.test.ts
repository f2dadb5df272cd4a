import benchmark from '../../../bench/wait-races';
import { GUARD_MS } from '../guard';

test(
  'an event finds the wait that begins at the same moment, or is found by it',
  async () => {
    const [lost, twice] = await benchmark.run(200);
    expect(lost).toMatchObject({ what: expect.stringContaining('lost'), measured: '0' });
    expect(twice).toMatchObject({ what: expect.stringContaining('twice'), measured: '0' });
  },
  GUARD_MS,
);

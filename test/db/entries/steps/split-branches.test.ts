import { eq } from 'drizzle-orm';
import { assignBranch } from '../../../../src/db/entries/steps/split-branches';
import { splitBranches, users } from '../../../../src/db/schema';
import { SYSTEM } from '../../../../src/domain/audit';
import { eraseUser } from '../../../../src/usecases/users/erase';
import { mergeUsers } from '../../../../src/usecases/users/merge';
import { type ApiWorld, createApiWorld } from '../../../support/api-world';

let world: ApiWorld;
let created = 0;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

async function newUser(): Promise<{ id: number; email: string }> {
  const email = `split-${(created += 1)}@example.com`;
  await world.call('POST', '/api/users/update', { email, dataFields: {} });
  const [user] = await world.db.select().from(users).where(eq(users.email, email));
  return { id: user!.id, email };
}

const assign = (user: number, branch: string, names = ['a', 'b'], key = 'key') =>
  assignBranch(world.db, { user, key, branch }, names);

async function assignmentsOf(user: number): Promise<Record<string, string>> {
  const rows = await world.db.select().from(splitBranches).where(eq(splitBranches.userId, user));
  return Object.fromEntries(rows.map(({ key, branch }) => [key, branch]));
}

describe('a user’s branch of a split', () => {
  it('stays, whatever the hash and the weights say later, as long as a branch has the name', async () => {
    const { id } = await newUser();
    expect(await assign(id, 'a')).toBe('a');
    expect(await assign(id, 'b')).toBe('a');
    expect(await assign(id, 'c', ['b', 'c'])).toBe('c');
    expect(await assign(id, 'a', ['a', 'b'])).toBe('a');
    expect(await assign(id, 'b', ['a', 'b'], 'another key')).toBe('b');
  });

  it('is one for entries at the same time', async () => {
    const { id } = await newUser();
    const names = [...'abcdefghij'];
    const assigned = await Promise.all(names.map((name) => assign(id, name, names)));
    expect(new Set(assigned).size).toBe(1);
  });

  it('is that of the user who remains after a merge, who takes over those of other splits', async () => {
    const [source, destination] = [await newUser(), await newUser()];
    await assign(source.id, 'a');
    await assign(source.id, 'b', ['a', 'b'], 'only the source');
    await assign(destination.id, 'b');
    const deps = { ...world, author: SYSTEM };
    await mergeUsers(deps, { email: source.email }, { email: destination.email });
    expect(await assignmentsOf(destination.id)).toEqual({ key: 'b', 'only the source': 'b' });
  });

  it('is deleted with the user', async () => {
    const { id, email } = await newUser();
    await assign(id, 'a');
    await eraseUser({ ...world, author: SYSTEM }, { email }, Date.now());
    expect(await assignmentsOf(id)).toEqual({});
  });
});

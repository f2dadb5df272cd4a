import { type ConsoleWorld, openConsole, signIn } from './support/console';
import { publishWinBack } from './support/passages';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await openConsole();
  await signIn(world);
});
afterAll(() => world.close());
afterEach(() => expect(world.faults).toEqual([]));

/** Whatever moves, or would when it changes. */
const MOVING = `[
  ...document.getAnimations().map(({ effect }) => effect.target),
  ...[...document.querySelectorAll('*')].filter((element) => {
    const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
    return animationName !== 'none' || /[1-9]/.test(transitionDuration) || scrollBehavior !== 'auto';
  }),
].map((element) => element.outerHTML.slice(0, 120))`;

it('moves nothing for whoever wants no motion', async () => {
  const { page } = world;
  const { journeyId, webhookId } = await publishWinBack(world, 'Still');
  const moving: unknown[] = [];
  for (const path of ['/', '/entries', `/journeys/${journeyId}?panel=settings`, `/webhooks/${webhookId}`]) {
    await page.goto(path);
    await page.getByRole('button').nth(3).waitFor();
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    // Else this would find nothing at all.
    expect(await page.evaluate(MOVING)).not.toEqual([]);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    moving.push(...((await page.evaluate(MOVING)) as unknown[]));
  }
  expect(moving).toEqual([]);
});

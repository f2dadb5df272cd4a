import type { Receiver } from '../../support/receiver';
import type { Person } from './person';

/** An endpoint refuses a user: found from the overview, and understood (B030). */
export async function understandFailure(person: Person, receiver: Receiver): Promise<void> {
  const { page, press, go } = person;
  receiver.respondAt('/mine', { status: 422, body: { fault: '<b>no</b> such customer' } });
  await go('Users');
  await page.getByRole('grid').getByRole('link', { name: 'test.user@example.com' }).click();
  await press('Send into a journey');
  await press(/Journey$/);
  await press('Welcome', 'option');
  await press('Send');
  await page.getByText('Sent into the journey.').waitFor();
  await page.getByRole('grid', { name: 'Entries' }).getByText('Exited').waitFor();

  await go('Overview');
  await page.getByRole('heading', { name: '1 webhook has failed in the last 24 hours' }).waitFor();
  await press('Notifications, 1 unread', 'link');
  await press(/“My endpoint” has encountered errors/, 'link');
  await page.getByRole('heading', { name: 'Delivery of My endpoint' }).waitFor();
  await page.getByText('"fault": "<b>no</b> such customer"').waitFor();
  await press('What the user went through', 'link');
  await page.getByRole('heading', { name: 'test.user@example.com in Welcome' }).waitFor();
  const steps = page.getByRole('listitem').filter({ hasText: 'Exited here' });
  await steps.getByText('422').first().waitFor();
  receiver.respondAt('/mine', 200);
}

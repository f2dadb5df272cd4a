import type { Person } from './person';

const PASSWORD = 'a nanosecond is a foot of wire';

/** Somebody is invited, signs in, is removed, and shut out. */
export async function workWithColleague(person: Person, colleague: Person): Promise<void> {
  const { page, press, go } = person;
  await go('Settings');
  await press('Add a person');
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada');
  await page.getByRole('textbox', { name: 'Email' }).fill('ada@example.com');
  await press('Add and make a link');
  const link = new URL(await page.getByRole('textbox', { name: 'One-time link' }).inputValue());
  await press('I have stored it');

  const { page: theirs } = colleague;
  await theirs.goto(link.pathname + link.hash);
  await theirs.getByLabel('Password').fill(PASSWORD);
  await theirs.keyboard.press('Enter');
  await colleague.go('Journeys');
  await theirs.getByRole('grid', { name: 'Journeys' }).getByText('By score').waitFor();

  await press('Actions for Ada');
  await press('Remove', 'menuitem');
  await press('Remove');
  await page.getByText('Removed Ada.').waitFor();
  await colleague.go('Lists');
  await theirs.getByText('Your session has ended. Sign in, and').waitFor();
  await theirs.getByLabel('Email').fill('ada@example.com');
  await theirs.getByLabel('Password').fill(PASSWORD);
  await theirs.keyboard.press('Enter');
  await theirs.getByText('Email or password is wrong.').waitFor();
}

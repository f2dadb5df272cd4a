import { parseArgs } from 'node:util';
import { ConfigError } from '../config';
import { ROLE_SCOPES } from '../domain/people/person';
import { foldedEmail } from '../domain/users/email';
import { runProcess } from '../runtime/process';
import { type Client, openClient } from './client';

const ROLES = Object.keys(ROLE_SCOPES).join(', ');
const USAGE = `npm run invite -- ada@example.com [--role ${ROLES.replaceAll(', ', '|')}] [--name Ada]`;

interface Person {
  id: number;
  email: string;
}

/** Prints a one-time link with which a person sets a password: a new person with `--role`, or one who has lost theirs. */
runProcess(async ({ config }) => ({ ended: invite(openClient(config)) }));

async function invite(client: Client): Promise<void> {
  const { email, role, name } = readArguments();
  const person = (await find(client, email)) ?? (await add(client, email, role, name));
  const { link, expiresAt } = await client.read<{ link: string; expiresAt: string }>(
    'POST',
    `/api/people/${person.id}/invite`,
  );
  console.log(`Give this link to ${person.email}. It works once, until ${expiresAt}:\n\n  ${link}\n`);
}

function readArguments(): { email: string; role: string | undefined; name: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(3),
      options: { role: { type: 'string' }, name: { type: 'string' } },
      allowPositionals: true,
    });
    if (positionals.length !== 1) throw new Error('Name one email.');
    return { email: positionals[0]!, role: values.role, name: values.name };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nUsage: ${USAGE}`);
  }
}

async function find(client: Client, email: string): Promise<Person | undefined> {
  let token: string | undefined;
  do {
    const query = token === undefined ? '' : `&pageToken=${token}`;
    const page = await client.read<{ people: Person[]; nextPageToken?: string }>(
      'GET',
      `/api/people?pageSize=200${query}`,
    );
    const found = page.people.find((person) => person.email === foldedEmail(email));
    if (found) return found;
    token = page.nextPageToken;
  } while (token !== undefined);
  return undefined;
}

function add(client: Client, email: string, role: string | undefined, name = email): Promise<Person> {
  if (role === undefined) {
    throw new ConfigError(`There is nobody with the email ${email}. To add them: --role, one of ${ROLES}.`);
  }
  const body = JSON.stringify({ email, name, role });
  return client.read<Person>('POST', '/api/people', {
    headers: { 'content-type': 'application/json' },
    body,
  });
}

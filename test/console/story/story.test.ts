import { createMachine, type Machine } from '../../e2e/machine';
import { GUARD_MS, type Program } from '../../e2e/program';
import { type Receiver, startReceiver } from '../../support/receiver';
import { openBrowser } from '../support/browser';
import { begin, connect, tryOwnEndpoint } from './beginning';
import { workWithColleague } from './colleague';
import { type Person, personAt } from './person';
import { decideByLiveData, importAndSend } from './scoring';
import { understandFailure } from './watching';

/* What one person does with nothing but a browser, on the program as `npm start` runs it. */

jest.setTimeout(GUARD_MS);

let machine: Machine;
let program: Program;
let receiver: Receiver;
let person: Person;
let colleague: Person;
beforeAll(async () => {
  [machine, receiver] = await Promise.all([createMachine(), startReceiver()]);
  program = await machine.start();
  const url = `http://localhost:${machine.settings.PORT}`;
  const [own, theirs] = await Promise.all([openBrowser(url), openBrowser(url)]);
  [person, colleague] = [personAt(own), personAt(theirs)];
});
afterAll(async () => {
  await Promise.all([person?.close(), colleague?.close()]);
  await receiver?.close();
  await machine?.close();
});

it('leads a stranger from the link to an own webhook delivered in 25 clicks, and on to all that they need (B006, B030, B112)', async () => {
  const [, link] = /First sign-in\s+(\S+)/.exec(program.written.out)!;
  await begin(person, link!);
  await connect(person, receiver);
  expect(person.clicks).toBeLessThanOrEqual(25);

  await tryOwnEndpoint(person, receiver);
  await understandFailure(person, receiver);
  await decideByLiveData(person, receiver);
  await importAndSend(person, receiver);
  await workWithColleague(person, colleague);
  expect([...person.faults, ...colleague.faults]).toEqual([]);
});

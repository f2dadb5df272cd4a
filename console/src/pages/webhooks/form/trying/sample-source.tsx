import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../../../../api/client';
import { messageOf } from '../../../../ui/feedback/failure';
import { SavedField } from '../../../../ui/forms/saved-field';
import { exactJson } from '../../../../words/exact-json';
import { relativeTime } from '../../../../words/time';
import { STATUS } from '../../../deliveries/words';
import { type Identity, nameOfUser } from '../../../users/names';
import { userQuery } from '../../../users/queries';
import type { Sample } from './sample';

type Json = Record<string, unknown>;

/** Times that a read of a profile adds; templates do not know them. */
const ADDED = ['signupDate', 'signupSource', 'profileUpdatedAt'];

const MOST_DELIVERIES = 5;

interface SampleSourceProps {
  webhookId: number | undefined;
  onSample: (sample: Sample) => void;
  autoFocus: boolean;
}

/** Fills the sample with what is stored: of a user, or of an entry, as one of its deliveries names it too. */
export function SampleSource({ webhookId, onSample, autoFocus }: SampleSourceProps) {
  const [chosen, setChosen] = useState<{ id: string; name: string }>();
  const [error, setError] = useState<string>();
  const queries = useQueryClient();

  async function profileOf(identity: Identity): Promise<Json> {
    const user = await queries.fetchQuery(userQuery(identity));
    if (user === null) throw new Gone();
    const fields = Object.entries(user.dataFields).filter(([name]) => !ADDED.includes(name));
    const { email, userId } = user;
    return { ...(email && { email }), ...(userId && { userId }), ...Object.fromEntries(fields) };
  }

  async function read(id: string): Promise<Record<keyof Sample, Json>> {
    const identity = identityIn(id);
    if (identity !== undefined) {
      return { profile: await profileOf(identity), triggerData: {}, liveData: {} };
    }
    const { email, userId, triggerData, liveData } = await readEntry(await entryIdOf(id));
    if (email === null && userId === null) throw new Gone();
    const profile = await profileOf(email === null ? { userId: userId! } : { email });
    return { profile, triggerData, liveData: liveData ?? {} };
  }

  async function choose(id: string) {
    setChosen({ id, name: nameIn(id) });
    setError(undefined);
    try {
      const values = await read(id);
      const text = (part: Json) => JSON.stringify(part, null, 2);
      onSample({
        profile: text(values.profile),
        triggerData: text(values.triggerData),
        liveData: text(values.liveData),
      });
    } catch (fault) {
      setError(fault instanceof Gone ? 'This user was erased. Choose another.' : messageOf(fault));
    }
  }

  return (
    <SavedField
      label="Fill with real data"
      hint="Of a user, or of an earlier delivery. Run Test sends it to the endpoint."
      placeholder="Email, userId, ent_… or dlv_…"
      empty="No user begins like this."
      kind={`samples ${webhookId ?? ''}`}
      value={chosen?.id}
      name={chosen?.name}
      error={error}
      autoFocus={autoFocus}
      onChange={(id) => void choose(id)}
      load={(typed) => find(typed.trim(), webhookId)}
    />
  );
}

/** The user is not stored any more. */
class Gone extends Error {}

/** Users are listed by what names them, so that one choice tells them from entries and deliveries. */
function identityIn(id: string): Identity | undefined {
  if (id.startsWith('email ')) return { email: id.slice('email '.length) };
  return id.startsWith('userId ') ? { userId: id.slice('userId '.length) } : undefined;
}

function nameIn(id: string): string {
  const identity = identityIn(id);
  return identity === undefined ? id : 'email' in identity ? identity.email : identity.userId;
}

async function find(typed: string, webhookId: number | undefined) {
  if (/^(?:ent|dlv)_\w+$/.test(typed)) {
    return [{ id: typed, name: typed, hint: typed.startsWith('ent_') ? 'Entry' : 'Delivery' }];
  }
  const [deliveries, users] = await Promise.all([
    typed === '' && webhookId !== undefined ? deliveriesOf(webhookId) : [],
    usersLike(typed),
  ]);
  return [...deliveries, ...users];
}

async function usersLike(text: string) {
  const query = { pageSize: 20, ...(text && { text }) };
  const { users } = await answerOf(api.GET('/api/users/search', { params: { query } }));
  return users.map(({ email, userId }) => ({
    id: email ? `email ${email}` : `userId ${userId}`,
    name: nameOfUser({ email: email || null, userId }),
    hint: email && userId ? `User ${userId}` : 'User',
  }));
}

/** The last of them, those of journeys: an event has no entry. */
async function deliveriesOf(webhookId: number) {
  const query = { webhookId, pageSize: MOST_DELIVERIES };
  const { deliveries } = await answerOf(api.GET('/api/deliveries', { params: { query } }));
  return deliveries.map(({ id, status, createdAt, journeyName }) => ({
    id,
    name: id,
    hint: [STATUS[status]?.text ?? status, relativeTime(createdAt, Date.now()), journeyName].join(', '),
  }));
}

async function entryIdOf(id: string): Promise<string> {
  if (id.startsWith('ent_')) return id;
  const { entryId } = await answerOf(api.GET('/api/deliveries/{id}', { params: { path: { id } } }));
  if (entryId === null) throw new Gone();
  return entryId;
}

interface EntryData {
  email: string | null;
  userId: string | null;
  triggerData: Json;
  liveData: Json | null;
}

/** Each digit of a number is kept. */
async function readEntry(id: string): Promise<EntryData> {
  const options = { params: { path: { id } }, parseAs: 'text' } as const;
  return exactJson(await answerOf(api.GET('/api/entries/{id}/data', options))) as EntryData;
}

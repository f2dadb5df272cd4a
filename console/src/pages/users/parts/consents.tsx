import { type FormEvent, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client';
import { Badge } from '../../../ui/badge';
import { Button } from '../../../ui/button';
import { messageOf } from '../../../ui/feedback/failure';
import { TextField } from '../../../ui/forms/fields';
import { exactTime } from '../../../words/time';
import type { Identity } from '../names';
import { Part } from './part';
import { detailsQuery } from '../queries';

type Action = 'accept' | 'decline';

export function Consents({ identity, mayChange }: { identity: Identity; mayChange: boolean }) {
  const { data } = useQuery(detailsQuery(identity));
  const [category, setCategory] = useState('');
  const [error, setError] = useState<string>();
  const queries = useQueryClient();

  async function decide(decided: string, action: Action) {
    try {
      await api.POST('/api/users/consent', { body: { ...identity, category: decided, action } });
      setError(undefined);
      setCategory('');
      await queries.invalidateQueries({ queryKey: ['user'] });
    } catch (fault) {
      setError(messageOf(fault));
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (category.trim() !== '') void decide(category.trim(), 'decline');
  }

  return (
    <Part title="Consents">
      {data !== undefined && data.consents.length > 0 && (
        <ul className="user-rows two">
          {data.consents.map(({ category: name, action, updatedAt }) => (
            <li key={name}>
              <span title={exactTime(updatedAt)}>
                <span className="value">{name}</span>{' '}
                <Badge tone={action === 'accept' ? 'good' : 'off'}>
                  {action === 'accept' ? 'Accepted' : 'Declined'}
                </Badge>
              </span>
              {mayChange && (
                <Button
                  aria-label={`${action === 'accept' ? 'Decline' : 'Accept'} ${name}`}
                  onPress={() => void decide(name, action === 'accept' ? 'decline' : 'accept')}
                >
                  {action === 'accept' ? 'Decline' : 'Accept'}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="part-body">
        {data?.consents.length === 0 && <p className="hint">No decision yet: nothing is withheld.</p>}
        {mayChange && (
          <form className="inline-form" onSubmit={submit}>
            <TextField label="Category" value={category} onChange={setCategory} error={error} />
            <Button type="submit">Decline</Button>
          </form>
        )}
      </div>
    </Part>
  );
}

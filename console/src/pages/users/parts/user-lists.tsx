import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { api } from '../../../api/client';
import { Button } from '../../../ui/button';
import { messageOf } from '../../../ui/feedback/failure';
import { SelectField } from '../../../ui/forms/select-field';
import { listsQuery } from '../../lists/lists';
import type { Identity } from '../names';
import { Part } from './part';
import { detailsQuery } from '../queries';

export function ListsOfUser({ identity, mayChange }: { identity: Identity; mayChange: boolean }) {
  const { data } = useQuery(detailsQuery(identity));
  const { data: lists = [] } = useQuery({ ...listsQuery, enabled: mayChange });
  const [error, setError] = useState<string>();
  const queries = useQueryClient();
  const own = data?.lists ?? [];
  const others = lists.filter(({ id }) => own.every((list) => list.id !== id));

  async function change(call: '/api/lists/subscribe' | '/api/lists/unsubscribe', listId: number) {
    try {
      await api.POST(call, { body: { listId, subscribers: [identity] } });
      setError(undefined);
      await queries.invalidateQueries({ queryKey: ['user'] });
      void queries.invalidateQueries({ queryKey: ['list', listId] });
    } catch (fault) {
      setError(messageOf(fault));
    }
  }

  return (
    <Part title="Lists">
      {own.length > 0 && (
        <ul className="user-rows two">
          {own.map(({ id, name }) => (
            <li key={id}>
              <Link to="/lists/$id" params={{ id: String(id) }}>
                {name}
              </Link>
              {mayChange && (
                <Button
                  look="quiet"
                  icon
                  className="small"
                  aria-label={`Take off ${name}`}
                  onPress={() => void change('/api/lists/unsubscribe', id)}
                >
                  <X size={14} aria-hidden />
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="part-body">
        {data?.lists.length === 0 && <p className="hint">On no list.</p>}
        {mayChange && others.length > 0 && (
          <SelectField
            label="Put on a list"
            placeholder="Choose a list"
            value={undefined}
            onChange={(id) => void change('/api/lists/subscribe', Number(id))}
            choices={others.map(({ id, name }) => ({ value: String(id), text: name }))}
          />
        )}
        {error !== undefined && (
          <p className="error" role="alert">
            {error}
          </p>
        )}
      </div>
    </Part>
  );
}

import { type FormEvent, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { api } from '../../../api/client';
import { Button } from '../../../ui/button';
import { messageOf } from '../../../ui/feedback/failure';
import { TextField } from '../../../ui/forms/fields';
import type { Identity } from '../names';
import { Part } from './part';

interface TagsProps {
  identity: Identity;
  tags: string[];
  mayChange: boolean;
}

export function Tags({ identity, tags, mayChange }: TagsProps) {
  const [added, setAdded] = useState('');
  const [error, setError] = useState<string>();
  const queries = useQueryClient();

  async function change(change: { add?: string[]; remove?: string[] }) {
    try {
      await api.POST('/api/users/tags', { body: { ...identity, ...change } });
      setError(undefined);
      setAdded('');
      await queries.invalidateQueries({ queryKey: ['user'] });
    } catch (fault) {
      setError(messageOf(fault));
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (added.trim() !== '') void change({ add: [added] });
  }

  return (
    <Part title="Tags">
      <div className="part-body">
        {tags.length === 0 ? (
          <p className="hint">No tags.</p>
        ) : (
          <ul className="user-tags">
            {tags.map((tag) => (
              <li className={mayChange ? 'user-tag' : 'user-tag fixed'} key={tag}>
                {tag}
                {mayChange && (
                  <Button
                    look="quiet"
                    icon
                    className="small"
                    aria-label={`Remove ${tag}`}
                    onPress={() => void change({ remove: [tag] })}
                  >
                    <X size={12} aria-hidden />
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {mayChange && (
          <form className="inline-form" onSubmit={submit}>
            <TextField label="New tag" maxLength={100} value={added} onChange={setAdded} error={error} />
            <Button type="submit">Add</Button>
          </form>
        )}
      </div>
    </Part>
  );
}

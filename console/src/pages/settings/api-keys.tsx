import { useCallback, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { KeyRound } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { useSession } from '../../shell/session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/overlays/dialog';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { SecretOnce } from '../../ui/overlays/secret-once';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { ApiKeyForm } from './api-key-form';
import { SettingsPage } from './settings-page';
import type { ApiKey } from './words';
import { isolated, quoted } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

const CURL = `curl -X POST ${location.origin}/api/apiKeys \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"name": "Shop", "scopes": ["trigger"]}'`;
const idOf = ({ id }: ApiKey) => id;
const nameOf = ({ name }: ApiKey) => name;
const columns: Column<ApiKey>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(140px, 2fr)',
    cell: ({ name, scopes, environment }) => (
      <>
        <strong className="row-name">{isolated(name)}</strong>{' '}
        {environment && <Badge tone="info">WAYHOOK_API_KEY</Badge>}
        <span className="under">{scopes.join(', ')}</span>
      </>
    ),
  },
  {
    id: 'scopes',
    title: 'Scopes',
    width: 'minmax(160px, 2fr)',
    isWide: true,
    cell: ({ scopes }) => <span className="mono">{scopes.join(', ')}</span>,
  },
  { id: 'createdAt', title: 'Created', width: '112px', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** What programs call the API with. */
export function ApiKeys() {
  const { edit } = useSearch({ from: '/shell/settings/api-keys' });
  const navigate = useNavigate({ from: '/settings/api-keys' });
  const queries = useQueryClient();
  const isAdmin = useSession()?.person.role === 'admin';
  const [made, setMade] = useState<{ name: string; key: string }>();
  const [revoked, setRevoked] = useState<ApiKey>();
  const list = useRows({
    queryKey: ['apiKeys'],
    load: async (pageToken) => {
      const query = { pageSize: 200, ...(pageToken && { pageToken }) };
      const page = await answerOf(api.GET('/api/apiKeys', { params: { query } }));
      return { ...page, rows: page.apiKeys };
    },
    keyOf: idOf,
  });
  const open = useCallback(
    (value: string | undefined) => void navigate({ search: { edit: value } }),
    [navigate],
  );
  const reload = () => queries.invalidateQueries({ queryKey: ['apiKeys'] });

  async function revoke({ id, name }: ApiKey) {
    await api.DELETE('/api/apiKeys/{id}', { params: { path: { id } } });
    await reload();
    toast(`Revoked ${isolated(name)}.`);
  }

  const create = isAdmin && (
    <Button look="primary" onPress={() => open('new')}>
      <KeyRound size={16} aria-hidden /> Create an API key
    </Button>
  );
  return (
    <SettingsPage title="API keys" actions={create} isFull>
      <div className="filters">
        <p className="lead">Programs call Wayhook with a key, in the header Api-Key.</p>
        <Tally list={list} one="key" many="keys" />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="API keys"
          rows={list.rows}
          {...{ columns, nameOf }}
          keyOf={idOf}
          onEnd={list.onEnd}
          actionsOf={
            isAdmin
              ? (key) => [
                  {
                    id: 'revoke',
                    text: 'Revoke',
                    isDanger: true,
                    run: () => setRevoked(key),
                    refused: key.environment
                      ? 'The setting WAYHOOK_API_KEY names it. Set another key there first.'
                      : undefined,
                  },
                ]
              : undefined
          }
        >
          {list.isLoading ? null : (
            <Empty curl={CURL}>No program can call Wayhook: there is no key yet.</Empty>
          )}
        </Grid>
      )}
      {edit === 'new' && (
        <ApiKeyForm
          onClose={() => open(undefined)}
          onMade={(key) => {
            setMade(key);
            open(undefined);
            void reload();
          }}
        />
      )}
      {made !== undefined && (
        <SecretOnce
          title={`The key ${quoted(made.name)}`}
          label="API key"
          secret={made.key}
          onClose={() => setMade(undefined)}
        >
          Put it where the program reads its secrets. Wayhook keeps only a hash of it.
        </SecretOnce>
      )}
      {revoked !== undefined && (
        <Confirm
          title={`Revoke ${quoted(revoked.name)}?`}
          action="Revoke"
          onConfirm={() => revoke(revoked)}
          onClose={() => setRevoked(undefined)}
        >
          <p>
            Programs that use this key are refused at once. This cannot be undone; a new key has to be stored
            in them.
          </p>
        </Confirm>
      )}
    </SettingsPage>
  );
}

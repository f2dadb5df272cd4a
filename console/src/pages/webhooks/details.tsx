import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { Anchor } from '../../ui/anchor';
import { Badge } from '../../ui/badge';
import { Code } from '../../ui/code';
import { messageOf } from '../../ui/feedback/failure';
import type { Webhook } from './words';
import { isolated } from '../../words/quoted';
import './details.css';

/** What a webhook sends, and which tiles rely on it (B120). */
export function WebhookDetails({ webhook }: { webhook: Webhook }) {
  return (
    <div className="webhook-details">
      <section aria-label="Request body">
        <h2>Request body</h2>
        <RequestBody webhook={webhook} />
      </section>
      <section aria-label="Tiles that rely on it">
        <h2>Tiles that rely on it</h2>
        <Tiles id={webhook.id} />
      </section>
    </div>
  );
}

function RequestBody({ webhook }: { webhook: Webhook }) {
  const { method, bodyType, includeEmailAndWorkflowId, userFields, body, inkit } = webhook;
  if (method === 'GET') return <p className="hint">A GET has no body.</p>;
  return (
    <>
      <dl className="webhook-facts">
        <dt>Type</dt>
        <dd>{bodyType === 'form' ? 'URL-encoded' : 'JSON'}</dd>
        <dt>Email and workflowId</dt>
        <dd>{includeEmailAndWorkflowId ? 'Included' : 'Not included'}</dd>
        <dt>User fields</dt>
        <dd>{userFields.length === 0 ? 'None' : userFields.join(', ')}</dd>
        {inkit !== undefined && (
          <>
            <dt>Template ID</dt>
            <dd>{inkit.templateId}</dd>
          </>
        )}
      </dl>
      {body === undefined || body.length === 0 ? (
        inkit === undefined && <p className="hint">It has no custom body.</p>
      ) : (
        <Code
          label="Custom body"
          text={
            typeof body === 'string' ? body : body.map(({ name, value }) => `${name}=${value}`).join('\n')
          }
        />
      )}
    </>
  );
}

function Tiles({ id }: { id: number }) {
  const { data, error } = useQuery({
    queryKey: ['webhook', String(id), 'usage'],
    queryFn: () => answerOf(api.GET('/api/journeyWebhooks/{id}/usage', { params: { path: { id } } })),
  });
  if (error !== null) return <p className="error">{messageOf(error)}</p>;
  if (data === undefined) return <div className="skeleton" aria-busy />;
  if (data.tiles.length === 0) return <p className="hint">None. It can be changed and deleted freely.</p>;
  return (
    <table className="tiles">
      <thead>
        <tr>
          <th scope="col">Journey</th>
          <th scope="col">Tile</th>
          <th scope="col">State</th>
          <th scope="col">Users</th>
        </tr>
      </thead>
      <tbody>
        {data.tiles.map(({ journeyId, journeyName, tileId, tileType, published, activeEntries }) => (
          <tr key={`${journeyId}/${tileId}`}>
            <td>
              <Anchor href={`/journeys/${journeyId}`}>{isolated(journeyName)}</Anchor>
            </td>
            <td>
              <span className="mono">{tileId}</span>{' '}
              <span className="hint">{TILE_TYPES[tileType] ?? tileType}</span>
            </td>
            <td>
              {published ? <Badge tone="good">Published</Badge> : <Badge tone="plain">Not published</Badge>}
            </td>
            <td>{activeEntries.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const TILE_TYPES: Record<string, string> = {
  webhook: 'Call Webhook',
  liveData: 'Live Data',
  userProfile: 'User Profile',
};

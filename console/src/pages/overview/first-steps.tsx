import { useSession } from '../../shell/session';
import { Anchor } from '../../ui/anchor';
import { Code } from '../../ui/code';

const CURL = `curl -X POST ${location.origin}/api/workflows/triggerWorkflow \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"workflowId": 1, "email": "ada@example.com"}'`;

/** In a new installation: what to do, in order. */
export function FirstSteps() {
  const session = useSession();
  const mayBuild = session !== null && session.person.role !== 'viewer';
  return (
    <section className="card block first-steps">
      <h2>Nothing has been sent yet</h2>
      <p className="lead">
        A journey leads each user through tiles, and its webhooks send requests for them. Here you will see
        whether they arrive.
      </p>
      <ol>
        {session?.manageIntegrations && (
          <li>
            <Anchor href="/start">Try it</Anchor>: send a test user, and see the request arrive.
          </li>
        )}
        {session?.manageIntegrations && (
          <li>
            <Anchor href="/webhooks/new">Create a journey webhook</Anchor>: the request, and where it goes.
          </li>
        )}
        {mayBuild && (
          <li>
            <Anchor href="/journeys">Create a journey</Anchor> with a tile that calls it, and publish it.
          </li>
        )}
        <li>Send a user in:</li>
      </ol>
      <Code label="By the API" text={CURL} />
    </section>
  );
}

import { useState } from 'react';
import { answerOf, api } from '../../../../api/client';
import { Button } from '../../../../ui/button';
import { Confirm } from '../../../../ui/overlays/dialog';
import { CheckField } from '../../../../ui/forms/fields';
import { SecretOnce } from '../../../../ui/overlays/secret-once';
import type { SavedWebhook } from '../../words';
import type { SectionProps } from './section';

interface SigningSectionProps extends Pick<SectionProps, 'draft' | 'change'> {
  saved: SavedWebhook | undefined;
  onSecret: (secret: string) => void;
}

/** Whether a receiver can tell that a request is ours. */
export function SigningSection({ draft, change, saved, onSecret }: SigningSectionProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <section className="card form-section" aria-labelledby="section-signing">
      <h2 id="section-signing">Signing</h2>
      <CheckField
        label="Sign requests"
        hint="As Standard Webhooks: receivers verify webhook-signature with a secret. It is shown once, when this is saved for the first time."
        checked={draft.signing}
        onChange={(signing) => change({ signing })}
      />
      {saved?.signing.enabled && (
        <div>
          <Button onPress={() => setAsking(true)}>Rotate signing secret</Button>
        </div>
      )}
      {isAsking && saved !== undefined && (
        <Confirm
          title="Rotate the signing secret?"
          action="Rotate"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const path = { id: saved.id };
            const { secret } = await answerOf(
              api.POST('/api/journeyWebhooks/{id}/rotateSigningSecret', { params: { path } }),
            );
            onSecret(secret);
          }}
        >
          <p>A new secret is made and shown once. Requests are signed with both for 24 hours.</p>
          <p>Receivers that do not know the new one by then refuse every request.</p>
        </Confirm>
      )}
    </section>
  );
}

export function SigningSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <SecretOnce title="Signing secret" label="Signing secret" secret={secret} onClose={onClose}>
      Receivers verify the signature of each request with it.
    </SecretOnce>
  );
}

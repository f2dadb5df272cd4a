import { z } from 'zod';
import { recordMessage } from '../../usecases/users/record-message';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { requiredNamesOf } from './identity';
import { Instant } from '../http/schemas';

const Message = z.object({
  email: z.string().nullish(),
  userId: z.string().nullish(),
  channel: z.string().trim().min(1).max(64).describe('Such as email, sms or push.'),
  subject: z.string().max(1_000).nullish(),
  content: z.string(),
  sentAt: Instant.nullish().describe('Left out, now.'),
});

/** A message that another system has sent to a user is published to event webhooks (B154, B160). */
export function messageRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/messages',
    config: {
      scope: 'trigger',
      iterable: true,
      example: { email: 'ada@example.com', channel: 'sms', content: 'Your order is on its way.' },
    },
    schema: {
      operationId: 'recordMessage',
      summary: 'Record a sent message',
      description: 'Tells event webhooks of it, and sends nothing to the user. An unknown user is made.',
      tags: ['Iterable-compatible'],
      body: Message,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { channel, subject = null, content, sentAt, ...named } = request.body;
        const at = sentAt ? new Date(sentAt) : new Date();
        const message = { channel, subject, content, sentAt: at.toISOString() };
        await recordMessage(own, requiredNamesOf(named), message);
        return { msg: '', code: 'Success', params: null };
      }),
  });
}

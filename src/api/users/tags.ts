import { z } from 'zod';
import { boundedList } from '../../domain/bounded-list';
import { changeTags } from '../../db/users/tags';
import { MOST_TAGS, Tag } from '../../domain/users/tags';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { requiredNamesOf } from './identity';

const Tags = boundedList(Tag, MOST_TAGS);

const TagsChange = z
  .object({
    email: z.string().nullish(),
    userId: z.string().nullish(),
    add: Tags.nullish(),
    remove: Tags.nullish(),
  })
  .superRefine(({ add, remove }, context) => {
    for (const [index, tag] of (remove ?? []).entries()) {
      if (!add?.includes(tag)) continue;
      context.addIssue({ code: 'custom', path: ['remove', index], message: 'This tag is to be added too.' });
    }
  });

/** Tags of a user, which a read returns beside the fields. An unknown user is created. */
export function tagsRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/tags',
    config: { scope: 'trigger', iterable: true },
    schema: {
      operationId: 'changeTags',
      summary: 'Add and remove tags of a user',
      description: 'Answers all tags that the user then has, in `params.tags`.',
      tags: ['Iterable-compatible'],
      body: TagsChange,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { add, remove, ...named } = request.body;
        const change = { add: add ?? [], remove: remove ?? [] };
        const tags = await changeTags(own, requiredNamesOf(named), change);
        return { msg: '', code: 'Success', params: { tags } };
      }),
  });
}

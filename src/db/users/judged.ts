import { sql } from 'drizzle-orm';
import { callbacksOf } from '../deliveries/callbacks';

/** SQL of what conditions are judged by: the user, a row of `users`, and the entry, a row of `claimed`. */
export const JUDGED = sql`
      json_build_object('id', users.id, 'email', users.email, 'userId', users.user_id,
        'dataFields', users.data_fields, 'tags', users.tags) as user,
      json_build_object('triggerData', claimed.trigger_data, 'liveData', claimed.live_data, 'events', claimed.events,
        'callbacks', ${callbacksOf(sql`claimed.id`)}) as entry`;

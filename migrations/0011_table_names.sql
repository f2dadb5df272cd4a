-- One word, one meaning: an event is what a user did, and a hand-off is what a sendToJourney tile does.
alter table webhook_events rename to published_events;
alter index webhook_events_by_time rename to published_events_by_time;
alter index webhook_events_by_user rename to published_events_by_user;

alter table sendings rename to hand_offs;
alter index sendings_by_sent rename to hand_offs_by_sent;
alter index sendings_by_chain rename to hand_offs_by_chain;

alter table progress rename to key_values;

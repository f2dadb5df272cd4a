-- What was passed at the tiles of one journey since a time, whatever other journeys have.
create index steps_by_journey on steps (journey_id, (coalesce(left_at, until)));

import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { SuggestField } from '../../../ui/forms/suggest-field';
import { answerOf, api } from '../../../api/client';
import { useJourneys } from '../../../api/names';
import { faultWithin } from '../parts/faults';
import { useEventNames } from '../parts/known';
import { ListField } from '../parts/list-field';
import { changing, type TileFormProps } from './form';
import { PairFields } from './pair-fields';
import { SavedField } from '../../../ui/forms/saved-field';

const VALUES = 'Texts are templates; a single tag keeps its type. Anything else is JSON.';

export function UpdateProfileForm(props: TileFormProps<'updateProfile'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <PairFields
      label="Fields of the profile"
      hint={VALUES}
      what="Field"
      add="Add field"
      value={value.fields}
      onChange={(fields) => set('fields', fields ?? {})}
      {...{ faults, path: `${path}.fields` }}
    />
  );
}

const ACTIONS = [
  { value: 'subscribe', text: 'Put on the list' },
  { value: 'unsubscribe', text: 'Take off the list' },
] as const;

export function UpdateListForm(props: TileFormProps<'updateList'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <>
      <SelectField
        label="Users are"
        value={value.action}
        choices={ACTIONS}
        onChange={(action) => set('action', action)}
      />
      <ListField
        label="List"
        value={value.listId}
        error={faultWithin(faults, `${path}.listId`)}
        onChange={(id) => set('listId', id)}
      />
    </>
  );
}

export function TrackEventForm(props: TileFormProps<'trackEvent'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  const names = useEventNames();
  return (
    <>
      <SuggestField
        label="Event"
        value={value.eventName}
        suggestions={names}
        error={faultWithin(faults, `${path}.eventName`)}
        onChange={(name) => set('eventName', name)}
      />
      <PairFields
        label="Data fields"
        hint={VALUES}
        what="Field"
        add="Add field"
        value={value.dataFields}
        onChange={(fields) => set('dataFields', fields)}
        {...{ faults, path: `${path}.dataFields` }}
      />
    </>
  );
}

export function SendToJourneyForm(props: TileFormProps<'sendToJourney'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  const journeys = useJourneys([value.journeyId]);
  return (
    <SavedField
      label="Journey"
      hint="Users go on in this journey too."
      kind="journeys"
      value={value.journeyId}
      name={
        value.journeyId ? (journeys.get(value.journeyId)?.name ?? `Journey ${value.journeyId}`) : undefined
      }
      error={faultWithin(faults, `${path}.journeyId`)}
      onChange={(id) => set('journeyId', id)}
      load={async (name) => {
        const query = { pageSize: 50, ...(name && { name }) };
        const { journeys } = await answerOf(api.GET('/api/journeys', { params: { query } }));
        return journeys.map((found) => ({ id: found.id, name: found.name, hint: `Journey ${found.id}` }));
      }}
    />
  );
}

export function ExitForm(props: TileFormProps<'exit'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <TextField
      label="Reason"
      hint="A word for reports."
      value={value.reason ?? ''}
      error={faultWithin(faults, `${path}.reason`)}
      onChange={(reason) => set('reason', reason || undefined)}
    />
  );
}

import type { Tile, TileType } from '../draft/draft';
import { DelayForm } from './delay';
import { ExitForm, SendToJourneyForm, TrackEventForm, UpdateListForm, UpdateProfileForm } from './effects';
import type { TileForm } from './form';
import { LiveDataForm } from './live-data';
import { AbSplitForm, AttributeSplitForm, YesNoForm } from './splits';
import { UserProfileForm } from './user-profile';
import { WaitForForm } from './wait-for';
import { WebhookForm } from './webhook';

const FORMS: { [Type in TileType]: TileForm<Type> } = {
  webhook: WebhookForm,
  liveData: LiveDataForm,
  userProfile: UserProfileForm,
  delay: DelayForm,
  waitFor: WaitForForm,
  yesNoSplit: YesNoForm,
  attributeSplit: AttributeSplitForm,
  abSplit: AbSplitForm,
  updateProfile: UpdateProfileForm,
  updateList: UpdateListForm,
  trackEvent: TrackEventForm,
  sendToJourney: SendToJourneyForm,
  exit: ExitForm,
};

/** The form of a tile. Its type decides what it is given, which the compiler cannot follow. */
export function formOf({ type }: Tile): TileForm<TileType> {
  return FORMS[type] as TileForm<TileType>;
}

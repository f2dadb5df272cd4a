import { FilterSelect } from '../ui/grid/filter-select';
import { SearchBox } from '../ui/grid/search-box';
import type { Choice } from '../ui/forms/select-field';
import { reasonChoices } from '../words/reasons';

/* What the lists of entries and of deliveries are filtered by. */

/** What the address has of a filter: undefined where it filters nothing. */
export type Value = string | undefined;

export interface FilterProps {
  value: Value;
  onChange: (value: Value) => void;
}

const ANY = 'any';

interface ChoiceFilterProps extends FilterProps {
  label: string;
  /** What it says where it filters nothing. */
  any: string;
  choices: readonly Choice<string>[];
}

/** One of a few values, or any. */
export function ChoiceFilter({ label, any, choices, value, onChange }: ChoiceFilterProps) {
  return (
    <FilterSelect
      label={label}
      value={value ?? ANY}
      choices={[{ value: ANY, text: any }, ...choices]}
      onChange={(chosen) => onChange(chosen === ANY ? undefined : chosen)}
    />
  );
}

interface StatusFilterProps extends FilterProps {
  statuses: Record<string, { text: string }>;
}

export function StatusFilter({ statuses, ...filter }: StatusFilterProps) {
  const choices = Object.entries(statuses).map(([value, { text }]) => ({ value, text }));
  return <ChoiceFilter label="Status" any="Any status" choices={choices} {...filter} />;
}

export function ReasonFilter({ except = [], ...filter }: FilterProps & { except?: readonly string[] }) {
  const choices = reasonChoices((reason) => !except.includes(reason));
  return <ChoiceFilter label="Reason" any="Any reason" choices={choices} {...filter} />;
}

export function UserFilter({ value, onChange }: FilterProps) {
  return (
    <SearchBox
      label="Email or userId"
      value={value ?? ''}
      onChange={(typed) => onChange(typed.trim() || undefined)}
    />
  );
}

/** The user as a call takes them. */
export function userQuery(user: Value): { email?: string; userId?: string } {
  if (user === undefined) return {};
  return user.includes('@') ? { email: user } : { userId: user };
}

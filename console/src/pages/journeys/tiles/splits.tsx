import { CheckField, TextField } from '../../../ui/forms/fields';
import type { TileOf } from '../draft/draft';
import { numberOrText } from '../parts/comparison-value';
import { ConditionEditor } from '../parts/condition-editor';
import { faultWithin } from '../parts/faults';
import { withOptional } from '../parts/optional';
import { changing, type TileFormProps } from './form';
import { PartList } from './part-list';

type When = TileOf<'yesNoSplit'>['when'];
type AbBranch = TileOf<'abSplit'>['branches'][number];

/** A condition that was removed: the server says that it is missing. */
const NONE = {} as When;

export function YesNoForm(props: TileFormProps<'yesNoSplit'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <ConditionEditor
      label="Yes, if"
      value={isWhen(value.when) ? value.when : undefined}
      onChange={(when) => set('when', when ?? NONE)}
      {...{ faults, path: `${path}.when` }}
    />
  );
}

function isWhen(when: When): boolean {
  return Object.keys(when).length > 0;
}

export function AttributeSplitForm(props: TileFormProps<'attributeSplit'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <PartList
      label="Branches"
      what="Branch"
      isOrdered
      items={value.branches}
      onChange={(branches) => set('branches', branches)}
      blank={() => ({ when: { field: 'profile.', is: 'equals' as const, value: '' } })}
      fewest={1}
      {...{ faults, path: `${path}.branches` }}
      fields={(branch, change, at) => (
        <>
          <TextField
            label="Name"
            value={branch.name ?? ''}
            error={faultWithin(faults, `${at}.name`)}
            onChange={(name) => change(withOptional(branch, 'name', name || undefined))}
          />
          <ConditionEditor
            label="Users for whom"
            value={isWhen(branch.when) ? branch.when : undefined}
            onChange={(when) => change({ ...branch, when: when ?? NONE })}
            {...{ faults, path: `${at}.when` }}
          />
        </>
      )}
    />
  );
}

export function AbSplitForm(props: TileFormProps<'abSplit'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  const sum = value.branches.reduce((total, { weight }) => total + (Number(weight) || 0), 0);
  return (
    <>
      <PartList
        label="Branches"
        what="Branch"
        items={value.branches}
        onChange={(branches) => set('branches', branches)}
        blank={(): AbBranch => ({ name: freeName(value.branches), weight: Math.max(0, 100 - sum) })}
        fewest={2}
        {...{ faults, path: `${path}.branches` }}
        fields={(branch, change, at) => (
          <>
            <div className="side-by-side">
              <TextField
                label="Name"
                value={branch.name}
                error={faultWithin(faults, `${at}.name`)}
                onChange={(name) => change({ ...branch, name })}
              />
              <TextField
                label="Share in %"
                inputMode="numeric"
                value={String(branch.weight)}
                error={faultWithin(faults, `${at}.weight`)}
                onChange={(typed) => change({ ...branch, weight: numberOrText(typed) as number })}
              />
            </div>
            <CheckField
              label="Holdout"
              hint="They leave the journey, and are counted."
              checked={branch.holdout ?? false}
              onChange={(isOn) => {
                const { next: _next, holdout: _holdout, ...rest } = branch;
                change(isOn ? { ...rest, holdout: true } : rest);
              }}
            />
          </>
        )}
      />
      <p className="hint" role="status">
        {sum === 100 ? 'The shares add up to 100 %.' : `The shares add up to ${sum} %, not to 100 %.`}
      </p>
      <TextField
        label="Key"
        hint="Splits with the same key send a user to branches of the same name. Empty: this split alone."
        value={value.key ?? ''}
        error={faultWithin(faults, `${path}.key`)}
        onChange={(key) => set('key', key || undefined)}
      />
    </>
  );
}

function freeName(branches: readonly { name: string }[]): string {
  const names = [...'ABCDEFGHIJK'];
  return names.find((name) => !branches.some((branch) => branch.name === name))!;
}

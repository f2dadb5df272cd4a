import { Plus } from 'lucide-react';
import { Button } from '../../../../ui/button';
import { TextField } from '../../../../ui/forms/fields';
import { SelectField } from '../../../../ui/forms/select-field';
import type { Draft, Faults } from '../../draft/draft';
import { DurationField } from '../duration-field';
import { faultAt, faultWithin } from '../faults';
import { titleOf } from '../versions/difference';
import { RemoveButton, replaced } from './cast';
import { abSplits, callingTiles, type TypedAnswer, type TypedScenario } from './scenario';

interface AnswersProps {
  value: TypedScenario;
  onChange: (value: TypedScenario) => void;
  faults: Faults;
  draft: Draft;
}

/** What endpoints answer to each user, in turn; the last one again and again. */
export function Answers({ value, onChange, faults, draft }: AnswersProps) {
  const tiles = callingTiles(draft);
  if (tiles.length === 0) return null;
  return (
    <div className="rows">
      <p className="hint">
        No endpoint is called. What is not scripted is answered with 200 and {'{}'}; the last answer repeats.
      </p>
      {tiles.map((tile) => {
        const answers = value.responses[tile.id] ?? [];
        const set = (changed: TypedAnswer[]) =>
          onChange({ ...value, responses: { ...value.responses, [tile.id]: changed } });
        return (
          <div key={tile.id} className="rows" role="group" aria-label={`Answers to ${tile.id}`}>
            <span className="label">
              {titleOf(tile)} <span className="mono none">{tile.id}</span>
            </span>
            {answers.map((answer, index) => (
              <div className="part" key={index} role="group" aria-label={`Answer ${index + 1}`}>
                <AnswerFields
                  value={answer}
                  onChange={(changed) => set(replaced(answers, index, changed))}
                  {...{ faults, path: `responses.${tile.id}[${index}]` }}
                />
                <RemoveButton
                  label={`Remove answer ${index + 1} to ${tile.id}`}
                  onPress={() => set(answers.filter((_, at) => at !== index))}
                />
              </div>
            ))}
            {faultAt(faults, `responses.${tile.id}`)}
            <Button
              look="quiet"
              className="add"
              onPress={() =>
                set([
                  ...answers,
                  { status: answers.length === 0 ? '503' : '200', body: '', after: undefined },
                ])
              }
            >
              <Plus size={14} aria-hidden /> {answers.length === 0 ? 'Script answers' : 'Then'}
            </Button>
          </div>
        );
      })}
    </div>
  );
}

interface AnswerProps {
  value: TypedAnswer;
  onChange: (value: TypedAnswer) => void;
  faults: Faults;
  path: string;
}

function AnswerFields({ value, onChange, faults, path }: AnswerProps) {
  return (
    <div className="part-fields">
      <TextField
        label="Status"
        inputMode="numeric"
        value={value.status}
        error={faultWithin(faults, `${path}.status`)}
        onChange={(status) => onChange({ ...value, status })}
      />
      <TextField
        label="Body"
        mono
        rows={2}
        placeholder="{}"
        value={value.body}
        error={faultWithin(faults, `${path}.body`)}
        onChange={(body) => onChange({ ...value, body })}
      />
      <DurationField
        label="Takes"
        unit="second"
        hint="Empty: no time."
        value={value.after}
        error={faultWithin(faults, `${path}.after`)}
        onChange={(after) => onChange({ ...value, after })}
      />
    </div>
  );
}

const BY_CHANCE = '@chance';

/** Which branch all users take at A/B splits. */
export function Branches({ value, onChange, faults, draft }: AnswersProps) {
  return abSplits(draft).map((split) => (
    <SelectField
      key={split.id}
      label={`${titleOf(split)} ${split.id}: all take`}
      value={value.branches[split.id] ?? BY_CHANCE}
      choices={[
        { value: BY_CHANCE, text: 'The branch each is assigned to' },
        ...split.branches.map(({ name }) => ({ value: name, text: name })),
      ]}
      error={faultWithin(faults, `branches.${split.id}`)}
      onChange={(name) => {
        const { [split.id]: _before, ...others } = value.branches;
        onChange({ ...value, branches: name === BY_CHANCE ? others : { ...others, [split.id]: name } });
      }}
    />
  ));
}

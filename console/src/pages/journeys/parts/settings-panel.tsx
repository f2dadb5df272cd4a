import { X } from 'lucide-react';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/overlays/dialog';
import { FieldSet } from '../../../ui/forms/field-set';
import { TextField } from '../../../ui/forms/fields';
import type { Draft } from '../draft/draft';
import type { PanelProps } from '../draft/editor';
import { EntrySourceEditor } from './entry-source-editor';
import { ExitRulesEditor } from './exit-rules-editor';
import { faultAt, faultWithin } from './faults';
import { KnownFrom, useLists } from './known';
import { ListField } from './list-field';
import { withOptional } from './optional';
import { ReentryEditor } from './reentry-editor';
import { SendWindowEditor } from './send-window-editor';
import { ZoneField } from './zone-field';
import { isolated } from '../../../words/quoted';

interface SettingsProps extends Pick<PanelProps, 'editor' | 'onClose'> {
  canEdit: boolean;
}

/** What holds for the journey as a whole. */
export function SettingsPanel({ editor, canEdit, onClose }: SettingsProps) {
  const { draft, edit, faults } = editor;
  const set = <Key extends keyof Draft>(key: Key, value: Draft[Key] | undefined) =>
    edit((before) => withOptional(before, key, value), `settings.${key}`);
  return (
    <Dialog
      title="Settings"
      isSheet
      onClose={onClose}
      actions={
        <Button look="primary" onPress={onClose}>
          {canEdit ? 'Done' : 'Close'}
        </Button>
      }
    >
      <KnownFrom journey={draft}>
        <FieldSet label="Settings of the journey" isReadOnly={!canEdit}>
          <div className="stack settings">
            <TextField
              label="Name"
              value={draft.name}
              error={faultWithin(faults, 'name')}
              onChange={(name) => set('name', name)}
            />
            <TextField
              label="Description"
              rows={2}
              value={draft.description ?? ''}
              error={faultWithin(faults, 'description')}
              onChange={(description) => set('description', description)}
            />
            <h3>Who enters</h3>
            <EntrySourceEditor
              value={draft.entry ?? { source: 'api' }}
              onChange={(entry) => set('entry', entry)}
              {...{ faults, path: 'entry' }}
            />
            <SuppressionLists
              value={draft.suppressionListIds ?? []}
              onChange={(ids) => set('suppressionListIds', ids)}
              {...{ faults, path: 'suppressionListIds' }}
            />
            <h3>How often</h3>
            <ReentryEditor
              value={draft}
              onChange={(limited) => edit(() => limited, 'settings.reentry')}
              {...{ faults, path: '' }}
            />
            <h3>Who leaves early</h3>
            <ExitRulesEditor
              value={draft.exitRules ?? []}
              onChange={(rules) => set('exitRules', rules.length === 0 ? undefined : [...rules])}
              {...{ faults, path: 'exitRules' }}
            />
            <h3>When</h3>
            <ZoneField
              label="Time zone"
              hint="Of users whose profile has none."
              value={draft.timeZone}
              error={faultWithin(faults, 'timeZone')}
              onChange={(timeZone) => set('timeZone', timeZone)}
            />
            <SendWindowEditor
              value={draft.sendWindow}
              onChange={(sendWindow) => set('sendWindow', sendWindow ?? undefined)}
              {...{ faults, path: 'sendWindow' }}
            />
          </div>
        </FieldSet>
      </KnownFrom>
    </Dialog>
  );
}

interface SuppressionProps {
  value: readonly number[];
  onChange: (value: number[]) => void;
  faults: PanelProps['editor']['faults'];
  path: string;
}

/** Lists whose users do not enter. */
function SuppressionLists({ value, onChange, faults, path }: SuppressionProps) {
  const lists = useLists();
  const nameOf = (id: number) => isolated(lists.find((list) => list.id === id)?.name ?? `List ${id}`);
  return (
    <div className="rows" role="group" aria-label="Suppression lists">
      <span className="label">Never users on these lists</span>
      {value.length > 0 && (
        <ul className="chips">
          {value.map((id, index) => (
            <li key={id}>
              {nameOf(id)}
              <Button
                look="quiet"
                icon
                className="small"
                aria-label={`Remove ${nameOf(id)}`}
                onPress={() => onChange(value.filter((other) => other !== id))}
              >
                <X size={14} aria-hidden />
              </Button>
              {faultAt(faults, `${path}[${index}]`)}
            </li>
          ))}
        </ul>
      )}
      <ListField
        label="Add a suppression list"
        isLabelHidden
        value={undefined}
        error={faults[path]}
        onChange={(id) => (value.includes(id) ? undefined : onChange([...value, id]))}
      />
    </div>
  );
}

import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/code';
import { FieldChanges } from '../../ui/feedback/field-changes';
import { Drawer } from '../../ui/overlays/drawer';
import { exactTime } from '../../words/time';
import { type Change, deedText, targetText } from './words';
import { isolated } from '../../words/quoted';

interface ChangeDrawerProps {
  /** Undefined where the list does not have it. */
  change: Change | undefined;
  onFilter: (filter: { actor?: string; target?: string; action?: string }) => void;
  onClose: () => void;
}

/** What a change was, field by field. */
export function ChangeDrawer({ change, onFilter, onClose }: ChangeDrawerProps) {
  if (change === undefined) {
    return (
      <Drawer title="Another change" label="Change" onClose={onClose}>
        <p>The list does not have this change. Clear the filters, or scroll further back.</p>
      </Drawer>
    );
  }
  const { id, at, actor, action, target, changes, requestId } = change;
  const ofWhich = targetText(target);
  const named = [actor.type, ...(actor.id === null ? [] : [actor.id])].join(':');
  return (
    <Drawer title={deedText(action)} label={`Change ${id}`} onClose={onClose}>
      <dl className="setting-facts">
        <dt>Who</dt>
        <dd>
          {isolated(actor.name)} <span className="hint mono">{named}</span>
        </dd>
        {ofWhich !== '' && (
          <>
            <dt>Of which</dt>
            <dd>
              {ofWhich} <span className="hint mono">{[target.type, target.id].join(':')}</span>
            </dd>
          </>
        )}
        <dt>When</dt>
        <dd>{exactTime(at)}</dd>
        <dt>Action</dt>
        <dd className="mono">{action}</dd>
        {requestId !== null && (
          <>
            <dt>Request</dt>
            <dd className="mono">
              {requestId} <CopyButton what="the id of the request in the log" text={requestId} />
            </dd>
          </>
        )}
      </dl>
      <div className="filters">
        <Button onPress={() => onFilter({ actor: named })}>Only by them</Button>
        {target.id !== null && (
          <Button onPress={() => onFilter({ target: `${target.type}:${target.id}` })}>Only of this</Button>
        )}
        <Button onPress={() => onFilter({ action })}>Only this action</Button>
      </div>
      {changes.length > 0 && <FieldChanges changes={changes} />}
    </Drawer>
  );
}

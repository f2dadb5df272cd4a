import { useMemo } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Badge } from '../../../../ui/badge';
import { Button } from '../../../../ui/button';
import { Dialog } from '../../../../ui/overlays/dialog';
import { Empty } from '../../../../ui/feedback/empty';
import { NotYet } from '../../../../ui/feedback/not-yet';
import { Time } from '../../../../ui/time';
import { toast } from '../../../../ui/feedback/toast';
import type { PanelProps } from '../../draft/editor';
import { useListNames } from '../known';
import { differenceOf, isNone, titleOf } from './difference';
import { DifferenceView } from './difference-view';
import { draftOfVersion, useVersions, type Version } from './use-versions';

/** What was published: what each version changed, and a way back to it. */
export function VersionsPanel({ editor, canEdit, onClose }: PanelProps & { canEdit: boolean }) {
  const { base, edit, undo } = editor;
  const { versions, error, refetch, hasNextPage, fetchNextPage } = useVersions(base.id);
  const { version: open } = useSearch({ from: '/shell/journeys/$id' });
  const navigate = useNavigate({ from: '/journeys/$id' });
  const toggle = (number: number) =>
    void navigate({
      search: (before) => ({ ...before, version: number === open ? undefined : number }),
      replace: true,
    });

  function restore(version: Version) {
    edit(() => draftOfVersion(version));
    onClose();
    toast(`The draft is version ${version.version} again, not saved yet.`, { text: 'Undo', run: undo });
  }

  return (
    <Dialog title="Versions" isSheet onClose={onClose}>
      {versions === undefined ? (
        <NotYet error={error} onRetry={() => void refetch()} />
      ) : versions.length === 0 ? (
        <Empty>Nothing was published yet. Publish the draft, and it becomes version 1.</Empty>
      ) : (
        <>
          <p className="hint">Users under way stay on the version that they entered with.</p>
          <ol className="versions">
            {versions.map((version, index) => (
              <li key={version.version}>
                <button
                  type="button"
                  className="version-head"
                  aria-expanded={version.version === open}
                  onClick={() => toggle(version.version)}
                >
                  {version.version === open ? (
                    <ChevronDown size={16} aria-hidden />
                  ) : (
                    <ChevronRight size={16} aria-hidden />
                  )}
                  <strong>Version {version.version}</strong>
                  <Time at={version.publishedAt} />
                  {version.version === base.publishedVersion && <Badge tone="good">Takes entries</Badge>}
                </button>
                {version.version === open && (
                  <OneVersion {...{ version, former: versions[index + 1] }}>
                    {canEdit && <Button onPress={() => restore(version)}>Edit this version again</Button>}
                  </OneVersion>
                )}
              </li>
            ))}
          </ol>
          {hasNextPage && <Button onPress={() => void fetchNextPage()}>Earlier versions</Button>}
        </>
      )}
    </Dialog>
  );
}

interface OneVersionProps {
  version: Version;
  /** The one before it; undefined for the first, or as long as it is not loaded. */
  former: Version | undefined;
  children: React.ReactNode;
}

function OneVersion({ version, former, children }: OneVersionProps) {
  const lists = useListNames();
  const draft = useMemo(() => draftOfVersion(version), [version]);
  const difference = useMemo(
    () => former && differenceOf(draftOfVersion(former), draft, lists),
    [former, draft, lists],
  );
  return (
    <div className="version-body">
      {difference === undefined ? null : isNone(difference) ? (
        <p>It is the same as version {former!.version}.</p>
      ) : (
        <>
          <p className="label">Changed since version {former!.version}</p>
          <DifferenceView difference={difference} />
        </>
      )}
      <p className="label">Its tiles</p>
      <ol className="version-tiles">
        {draft.tiles.map((tile) => (
          <li key={tile.id}>
            {titleOf(tile)} <span className="mono none">{tile.id}</span>
          </li>
        ))}
      </ol>
      {children}
    </div>
  );
}

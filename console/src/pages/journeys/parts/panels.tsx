import { lazy, type LazyExoticComponent, type ReactNode, Suspense } from 'react';
import type { PanelProps } from '../draft/editor';
import type { Panel } from '../search';

type Props = PanelProps & { canEdit: boolean };

/** Each is loaded when it is first opened. */
const PANELS: Partial<Record<Panel, LazyExoticComponent<(props: Props) => ReactNode>>> = {
  settings: lazy(() => import('./settings-panel').then((part) => ({ default: part.SettingsPanel }))),
  versions: lazy(() => import('./versions/versions-panel').then((part) => ({ default: part.VersionsPanel }))),
  publish: lazy(() => import('./versions/publish-dialog').then((part) => ({ default: part.PublishDialog }))),
  test: lazy(() => import('./trying/test-journey').then((part) => ({ default: part.TestJourneyDialog }))),
  simulate: lazy(() => import('./trying/simulate-panel').then((part) => ({ default: part.SimulatePanel }))),
};

/** What stands over the page, by what the address says: dialogs, and sheets at the right. */
export function Panels({ panel, ...props }: Props & { panel: Panel | undefined }) {
  // Who may not edit may read.
  const isForReaders = panel === 'settings' || panel === 'versions';
  const Shown = panel && (props.canEdit || isForReaders) ? PANELS[panel] : undefined;
  return Shown ? (
    <Suspense fallback={null}>
      <Shown {...props} />
    </Suspense>
  ) : null;
}

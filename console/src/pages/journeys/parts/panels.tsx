import { lazy, type LazyExoticComponent, Suspense } from 'react';
import type { PanelProps } from '../draft/editor';
import type { Panel } from '../routes';

/** What opens beside or over the editor, by what the address says. Each is loaded when it is first opened. */
const PANELS: Partial<Record<Panel, LazyExoticComponent<(props: PanelProps) => React.ReactNode>>> = {
  settings: lazy(() => import('./settings-panel').then((part) => ({ default: part.SettingsPanel }))),
};

export function Panels({ panel, ...props }: PanelProps & { panel: Panel | undefined }) {
  const Shown = panel && PANELS[panel];
  return Shown ? (
    <Suspense fallback={null}>
      <Shown {...props} />
    </Suspense>
  ) : null;
}

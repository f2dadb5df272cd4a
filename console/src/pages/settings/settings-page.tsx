import type { ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { placesFor } from '../../shell/places';
import { useSession } from '../../shell/session';
import { Page } from '../../ui/page';
import './settings.css';

interface SettingsPageProps {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
  isFull?: boolean;
}

/** One of the pages of the settings, with the way to the others. */
export function SettingsPage({ title, actions, children, isFull }: SettingsPageProps) {
  const session = useSession();
  if (session === null) return null;
  const places = placesFor(session).find((group) => group.title === 'Settings')?.places ?? [];
  return (
    <Page title={title} actions={actions} isFull={isFull}>
      <nav className="settings-tabs" aria-label="Settings">
        {places.map(({ to, text }) => (
          <Link key={to} to={to} activeOptions={{ includeSearch: false }}>
            {text}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}

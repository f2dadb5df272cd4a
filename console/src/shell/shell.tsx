import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { ChevronsUpDown, Menu as MenuIcon, Moon, Search, Settings, Sun, UserRound } from 'lucide-react';
import { api, FORBIDDEN, SIGNED_OUT } from '../api/client';
import { ActionMenu, loadMenu } from '../ui/overlays/menu';
import { Button } from '../ui/button';
import { messageOf } from '../ui/feedback/failure';
import { Dialog } from '../ui/overlays/dialog';
import { Bell } from './bell';
import { type Group, type Place, placesFor } from './places';
import { useSession, whoAmI } from './session';
import { useShortcuts } from './shortcuts';
import { useTheme } from './theme';

const loadPalette = () => import('./palette');
const Palette = lazy(loadPalette);
const Keys = lazy(() => import('./keys'));
const SessionEnded = lazy(() => import('./session-ended'));

/** What stands around every page of somebody who is signed in. */
export function Shell() {
  const { data: now } = useSuspenseQuery(whoAmI);
  const session = useSession();
  const [fault, setFault] = useState<unknown>();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const openPalette = useCallback(() => setOpen('palette'), []);
  const openKeys = useCallback(() => setOpen('keys'), []);
  const close = () => setOpen(undefined);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useShortcuts(openPalette, openKeys);
  useEffect(() => setMenuOpen(false), [path]);
  useEffect(() => {
    // The session has ended; or what one may do has changed: the page says why it was refused, and what is offered follows.
    const lookAgain = () => void queries.invalidateQueries({ queryKey: whoAmI.queryKey });
    addEventListener(SIGNED_OUT, lookAgain);
    addEventListener(FORBIDDEN, lookAgain);
    return () => {
      removeEventListener(SIGNED_OUT, lookAgain);
      removeEventListener(FORBIDDEN, lookAgain);
    };
  }, [queries]);
  useSignInAgain(now?.person.id);
  useEffect(() => {
    // Once the page is there: whoever types right after Ctrl K would lose what they type while the palette loads,
    // and a menu opens at once.
    const timer = setTimeout(
      () => void Promise.all([loadPalette(), loadMenu()]).catch(() => undefined),
      2_000,
    );
    return () => clearTimeout(timer);
  }, []);

  async function signOut() {
    try {
      await api.DELETE('/api/session');
      // A new page: nothing that this person saw stays in memory for the next one.
      location.assign('/sign-in');
    } catch (error) {
      setFault(error);
    }
  }

  if (session === null) return null;
  const [groups, atFoot] = [false, true].map((wanted) =>
    placesFor(session).filter(({ isAtFoot = false }) => isAtFoot === wanted),
  ) as [Group[], Group[]];
  return (
    // Whoever else signs in again finds nothing of the last person.
    <div className="shell" key={session.person.id}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <nav className="side" id="places" aria-label="Main" data-open={isMenuOpen ? '' : undefined}>
        <Link to="/" className="brand">
          <img src="/favicon.svg" width="20" height="20" alt="" /> Wayhook
        </Link>
        {groups.map(({ title, places }) => (
          <div key={title}>
            <h2 id={`places-${title}`}>{title}</h2>
            <ul aria-labelledby={`places-${title}`}>
              {places.map((place) => (
                <li key={place.to}>
                  <PlaceLink {...place} />
                </li>
              ))}
            </ul>
          </div>
        ))}
        <div className="foot">
          {atFoot.map((group) => (
            <FootLink key={group.title} group={group} path={path} />
          ))}
          <ActionMenu
            label="Account"
            actions={[
              { id: 'account', text: 'My account', run: () => void navigate({ to: '/settings/account' }) },
              { id: 'out', text: 'Sign out', run: () => void signOut() },
            ]}
          >
            <Button look="quiet" className="nav">
              <UserRound size={16} aria-hidden /> <span className="cut">{session.person.name}</span>
              <ChevronsUpDown size={14} aria-hidden />
            </Button>
          </ActionMenu>
        </div>
      </nav>
      <header className="top">
        <Button
          look="quiet"
          icon
          className="menu-toggle"
          aria-label="Menu"
          aria-expanded={isMenuOpen}
          aria-controls="places"
          onPress={() => setMenuOpen(!isMenuOpen)}
        >
          <MenuIcon size={16} aria-hidden />
        </Button>
        <Button className="find" onPress={openPalette}>
          <Search size={14} aria-hidden /> Search or jump to… <kbd>Ctrl K</kbd>
        </Button>
        <Bell />
        <ThemeButton />
      </header>
      <main className="main" id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense fallback={null}>
        {now === null && <SessionEnded last={session} />}
        {open === 'palette' && <Palette session={session} onClose={close} onKeys={openKeys} />}
        {open === 'keys' && <Keys session={session} onClose={close} />}
      </Suspense>
      {fault !== undefined && (
        <Dialog title="You are still signed in" onClose={() => setFault(undefined)}>
          <p className="error" role="alert">
            {messageOf(fault)}
          </p>
        </Dialog>
      )}
    </div>
  );
}

/** What failed while nobody was signed in is loaded again; for another person, everything. */
function useSignInAgain(personId: number | undefined) {
  const queries = useQueryClient();
  const known = useRef(personId);
  useEffect(() => {
    if (personId === undefined) return;
    const isSame = personId === known.current;
    known.current = personId;
    if (isSame) void queries.refetchQueries({ predicate: ({ state }) => state.error !== null });
    else void queries.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== whoAmI.queryKey[0] });
  }, [personId, queries]);
}

function PlaceLink({ to, text, Icon }: Place) {
  return (
    <Link to={to} className="nav" activeOptions={{ includeSearch: false, exact: to === '/' }}>
      <Icon size={16} aria-hidden /> {text}
    </Link>
  );
}

/** Leads to a whole group of pages. */
function FootLink({ group: { title, places }, path }: { group: Group; path: string }) {
  const isActive = places.some(({ to }) => path === to);
  return (
    <Link to={places[0]!.to} className="nav" data-status={isActive ? 'active' : undefined}>
      <Settings size={16} aria-hidden /> {title}
    </Link>
  );
}

function ThemeButton() {
  const { isDark, flip } = useTheme();
  return (
    <Button look="quiet" icon aria-label={isDark ? 'Light theme' : 'Dark theme'} onPress={flip}>
      {isDark ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
    </Button>
  );
}

import { type KeyboardEvent, lazy, type ReactNode, startTransition, useState } from 'react';
import { ButtonContext } from 'react-aria-components/Button';
import type { Action, Opened } from './action';

export const loadMenu = () => import('./open-menu');

/** To be shown in a transition: until its script is there, at the first one, the page stays as it is. */
export const OpenMenu = lazy(() => loadMenu().then((part) => ({ default: part.OpenMenu })));

const FIRST: Record<string, Opened['first']> = {
  ...{ Enter: 'first', ' ': 'first', ArrowDown: 'first', ArrowUp: 'last' },
};

/** What a key opens on a button that has a menu. */
export function openedBy({ key, currentTarget }: Pick<KeyboardEvent, 'key' | 'currentTarget'>) {
  const first = FIRST[key];
  return first && ({ at: currentTarget as HTMLElement, first } satisfies Opened);
}

interface ActionMenuProps {
  label: string;
  actions: Action[];
  children: ReactNode;
}

/** A button, the child, that opens a menu. */
export function ActionMenu({ label, actions, children }: ActionMenuProps) {
  const [opened, setOpened] = useState<Opened>();
  const open = (next: Opened) => startTransition(() => setOpened(next));
  return (
    <>
      <ButtonContext.Provider
        value={{
          'aria-haspopup': 'menu',
          'aria-expanded': opened !== undefined,
          onPress: ({ target, pointerType }) => {
            if (pointerType !== 'keyboard') open({ at: target as HTMLElement, first: 'first' });
          },
          onKeyDown: (event) => {
            const next = openedBy(event);
            if (next !== undefined) open(next);
            else event.continuePropagation();
          },
        }}
      >
        {children}
      </ButtonContext.Provider>
      {opened && <OpenMenu {...{ label, actions, opened }} onClose={() => setOpened(undefined)} />}
    </>
  );
}

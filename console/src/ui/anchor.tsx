import type { ComponentProps } from 'react';
import { useNavigate } from '@tanstack/react-router';

/** A link to a page of the console, filters of its address included. */
export function Anchor({ href, ...props }: ComponentProps<'a'> & { href: string }) {
  const navigate = useNavigate();
  return (
    <a
      {...props}
      href={href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        void navigate({ href });
      }}
    />
  );
}

import type { ReactNode } from 'react';

/** A page of somebody who is not signed in. */
export function Alone({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="alone">
      <div className="card">
        <div className="brand">
          <img src="/favicon.svg" width="24" height="24" alt="" /> Wayhook
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { Anchor } from '../../ui/anchor';
import { Drawer } from '../../ui/overlays/drawer';
import { Page } from '../../ui/page';
import { DeliveryDetail } from './delivery';
import { FailureGroups } from './failures';
import { DeliveryRows } from './rows';
import { hrefOfDelivery } from './words';
import './deliveries.css';

export function DeliveryList() {
  const search = useSearch({ from: '/shell/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const { tab, open, attempt, since } = search;
  const isGrouped = tab === 'failures';
  const failures = `/deliveries?tab=failures${since === undefined ? '' : `&since=${since}`}`;
  return (
    <Page
      title="Deliveries"
      isFull
      beside={
        <nav className="tabs" aria-label="Deliveries">
          <Anchor href="/deliveries" aria-current={isGrouped ? undefined : 'page'}>
            All
          </Anchor>
          <Anchor href={failures} aria-current={isGrouped ? 'page' : undefined}>
            Failures by webhook
          </Anchor>
        </nav>
      }
    >
      {isGrouped ? (
        <FailureGroups />
      ) : (
        <DeliveryRows
          drawer={
            open !== undefined && (
              <Drawer
                title="Delivery"
                label={`Delivery ${open}`}
                href={hrefOfDelivery(open)}
                onClose={() =>
                  void navigate({ search: (before) => ({ ...before, open: undefined, attempt: undefined }) })
                }
              >
                <DeliveryDetail
                  key={open}
                  id={open}
                  attempt={attempt}
                  onAttempt={(number) =>
                    void navigate({ search: (before) => ({ ...before, attempt: number }), replace: true })
                  }
                />
              </Drawer>
            )
          }
        />
      )}
    </Page>
  );
}

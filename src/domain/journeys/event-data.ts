import { z } from 'zod';

export const EventName = z.string().trim().min(1, 'An event needs a name.').max(255);

/** An event as it is recorded. */
export interface RecordedEvent {
  kind: 'customEvent' | 'purchase' | 'cartUpdate';
  name: string;
  dataFields: Record<string, unknown>;
  campaignId?: number | null;
  templateId?: number | null;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** What conditions read of an event as `event`, and the trigger data of the entries that it starts (docs/events.md). */
export function eventDataOf(event: RecordedEvent): Record<string, unknown> {
  const { kind, name, dataFields, campaignId, templateId, createdAt } = event;
  if (kind === 'customEvent') return { ...dataFields, eventName: name };
  return {
    ...dataFields,
    ...(isGiven(campaignId) && { campaignId }),
    ...(isGiven(templateId) && { templateId }),
    createdAt: new Date(createdAt).toISOString(),
    eventType: kind,
    eventName: kind,
  };
}

function isGiven(id: number | null | undefined): boolean {
  return id !== null && id !== undefined;
}

import type { Action } from '../../../ui/overlays/menu';

/** Downloads all users, or those of a list. The server writes the file as it is read. */
export function exportActions(listId?: number): Action[] {
  const path = listId === undefined ? '/api/users/export' : `/api/lists/${listId}/export`;
  return (['csv', 'ndjson'] as const).map((format) => ({
    id: format,
    text: format === 'csv' ? 'CSV' : 'NDJSON, one JSON object a line',
    run: () => location.assign(`${path}?format=${format}`),
  }));
}

import { Download } from 'lucide-react';
import { api } from '../../../api/client';
import { Button } from '../../../ui/button';
import { readStream, useDownload } from '../../../ui/overlays/download';
import { ActionMenu } from '../../../ui/overlays/menu';

/** Downloads all users, or those of a list. The server writes the file as it is read. */
export function ExportButton({ listId }: { listId?: number }) {
  const { download, dialog } = useDownload();
  const actions = (['csv', 'ndjson'] as const).map((format) => ({
    id: format,
    text: format === 'csv' ? 'CSV' : 'NDJSON, one JSON object a line',
    run: () =>
      download({
        name: `${listId === undefined ? 'users' : `list-${listId}`}.${format}`,
        read: (signal, onProgress) => readStream(fileOf(listId, format, signal), onProgress),
      }),
  }));
  return (
    <>
      <ActionMenu label="Export" actions={actions}>
        <Button>
          <Download size={14} aria-hidden /> Export
        </Button>
      </ActionMenu>
      {dialog}
    </>
  );
}

function fileOf(listId: number | undefined, format: 'csv' | 'ndjson', signal: AbortSignal) {
  const options = { parseAs: 'stream', signal } as const;
  const query = { format };
  if (listId === undefined) return api.GET('/api/users/export', { params: { query }, ...options });
  return api.GET('/api/lists/{id}/export', { params: { path: { id: listId }, query }, ...options });
}

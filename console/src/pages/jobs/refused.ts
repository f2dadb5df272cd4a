import { answerOf, api } from '../../api/client';

/** A page of what a job refused. */
export async function readRefused(id: string, pageToken: string | undefined, signal?: AbortSignal) {
  const query = { pageSize: 200, ...(pageToken && { pageToken }) };
  return answerOf(api.GET('/api/jobs/{id}/refused', { params: { path: { id }, query }, signal }));
}

/** All of them as CSV: the line of the file, or the user, and the reason. */
export async function refusedAsCsv(
  id: string,
  first: string,
  count: number,
  signal: AbortSignal,
  onProgress: (text: string) => void,
): Promise<Blob> {
  const lines = [`${first},reason\r\n`];
  for (let token: string | undefined = ''; token !== undefined;) {
    const page: Awaited<ReturnType<typeof readRefused>> = await readRefused(id, token, signal);
    lines.push(...page.refused.map((row) => `${quoted(row.id)},${quoted(row.reason)}\r\n`));
    onProgress(`${(lines.length - 1).toLocaleString('en')} of ${count.toLocaleString('en')}.`);
    token = page.nextPageToken;
  }
  return new Blob(lines, { type: 'text/csv' });
}

/** A cell that a spreadsheet does not take for a formula. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}

import { reasonText } from '../words/reasons';

/** Why an entry or a delivery ended early, in a list: the whole story on hover. */
export function ReasonCell({ reason, detail }: { reason: string | null; detail: string | null }) {
  if (reason === null) return <span className="none">–</span>;
  return <span title={detail ?? undefined}>{reasonText(reason)}</span>;
}

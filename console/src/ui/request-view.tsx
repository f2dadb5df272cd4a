import { readable, type SentRequest } from '../words/request';
import { Code } from './code';
import './request-view.css';

/** A request as it is sent. */
export function RequestView({ request }: { request: SentRequest }) {
  const { method, url, headers, body } = request;
  return (
    <>
      <p className="request-line mono">
        <span className="method">{method}</span> {url}
      </p>
      <HeadersTable headers={headers} />
      {body !== undefined && <BodyText label="Body" text={body} />}
    </>
  );
}

export function HeadersTable({ headers }: { headers: Record<string, string> }) {
  return (
    <table className="headers-table">
      <caption className="sr">Headers</caption>
      <tbody>
        {Object.entries(headers).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** So much of a body is drawn; all of it is copied. */
const SHOWN = 16_384;

/** A body, its first 16 KiB. */
export function BodyText({ label, text, note }: { label: string; text: string; note?: string }) {
  const isCut = text.length > SHOWN;
  const shown = isCut ? `${text.slice(0, SHOWN)}…` : readable(text);
  const cut = `The first 16 KiB of ${Math.ceil(text.length / 1_024).toLocaleString('en')} KiB. Copy has all of it.`;
  return <Code label={label} text={shown} copied={text} note={note ?? (isCut ? cut : undefined)} />;
}

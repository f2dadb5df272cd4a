import { Dialog } from '../ui/overlays/dialog';
import { placesFor } from './places';
import type { Session } from './session';

const EVERYWHERE = [
  ['Ctrl K', 'Search, or jump to a page, a name, an id'],
  ['?', 'Show the keys'],
  ['Esc', 'Close a drawer, a dialog, a menu'],
];
const LISTS = [
  ['J K ↓ ↑', 'Next row, row before'],
  ['Page ↓ ↑', 'A page of rows'],
  ['Home End', 'First row, last row'],
  ['Enter', 'Open the row'],
  ['Space', 'Select the row'],
];

/** The keys of the console. */
export default function Keys({ session, onClose }: { session: Session; onClose: () => void }) {
  const places = placesFor(session)
    .flatMap(({ places }) => places)
    .flatMap(({ keys, text }) => (keys === undefined ? [] : [[keys, text]]));
  return (
    <Dialog title="Keys" onClose={onClose}>
      {/* Nothing in it takes the focus: so that the arrow keys scroll it on a small screen. */}
      <div className="stack" tabIndex={0}>
        <KeyTable title="Everywhere" keys={EVERYWHERE} />
        <KeyTable title="Go to" keys={places} />
        <KeyTable title="In lists" keys={LISTS} />
      </div>
    </Dialog>
  );
}

function KeyTable({ title, keys }: { title: string; keys: string[][] }) {
  return (
    <table className="keys">
      <caption>{title}</caption>
      <tbody>
        {keys.map(([key, what]) => (
          <tr key={key}>
            <th scope="row">
              <kbd>{key}</kbd>
            </th>
            <td>{what}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

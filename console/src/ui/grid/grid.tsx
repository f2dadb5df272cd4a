import {
  Fragment,
  memo,
  type ReactNode,
  startTransition,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight, EllipsisVertical } from 'lucide-react';
import type { Action, Opened } from '../overlays/action';
import { openedBy, OpenMenu } from '../overlays/menu';
import { Waiting } from '../feedback/not-yet';
import './grid.css';

/*
 * A list of any length: only the rows in view are drawn, a row that stays as it is is not drawn anew, links are plain
 * anchors, and all rows share one menu.
 */

export interface Column<Row> {
  id: string;
  title: string;
  /** A track of CSS grid that knows no content, such as `minmax(120px, 2fr)` or `90px`: each row has its own tracks. */
  width: string;
  cell: (row: Row) => ReactNode;
  /** Left out where the list is narrow. The first column always stands. */
  isWide?: boolean;
}

export interface Details<Row> {
  open: string | number | undefined;
  toggle: (key: string | number) => void;
  of: (row: Row) => ReactNode;
}

interface GridProps<Row> {
  label: string;
  rows: readonly Row[];
  /** Kept from one drawing to the next, as are the functions: else every row is drawn anew. */
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string | number;
  /** What the row is called, for its checkbox, its menu and who cannot see it. */
  nameOf: (row: Row) => string;
  /** Where the first cell leads. */
  hrefOf?: (row: Row) => string;
  /** The row whose drawer is open. */
  open?: string | number;
  selection?: { selected: ReadonlySet<string | number>; toggle: (key: string | number) => void };
  actionsOf?: (row: Row) => Action[];
  /** What opens below a row, one at a time. */
  details?: Details<Row>;
  /** Loads the next page; left out where there is none. */
  onEnd?: () => void;
  /** In the place of rows; nothing while they are being loaded. */
  children?: ReactNode;
}

const HEAD = 36;
const ROW = { wide: 40, narrow: 58 };

export function Grid<Row>(props: GridProps<Row>) {
  const { label, rows, columns, keyOf, nameOf, hrefOf, open, selection, actionsOf, onEnd, children } = props;
  const { details } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow(scroller);
  const height = isNarrow ? ROW.narrow : ROW.wide;
  const [active, setActive] = useState(0);
  const [menu, setMenu] = useState<{ row: Row; opened: Opened }>();
  const navigate = useNavigate();
  const opened = useMemo(
    () => (details?.open === undefined ? -1 : rows.findIndex((row) => keyOf(row) === details.open)),
    [rows, keyOf, details?.open],
  );
  const [detailsHeight, setDetailsHeight] = useState(0);
  const virtual = useVirtualizer({
    ...{ count: rows.length, overscan: 8, scrollMargin: HEAD },
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (index === opened ? height + detailsHeight : height),
  });
  useEffect(() => virtual.measure(), [virtual, height, opened, detailsHeight]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onEnd !== undefined && last >= rows.length - 40) onEnd();
  }, [onEnd, last, rows.length]);

  const shown = useMemo(() => columns.filter(({ isWide }) => !(isWide && isNarrow)), [columns, isNarrow]);
  const tracks = [
    ...(selection ? ['36px'] : []),
    ...shown.map(({ width }) => width),
    ...(actionsOf ? ['40px'] : []),
  ].join(' ');
  const openMenu = useCallback(
    (row: Row, opened: Opened) => startTransition(() => setMenu({ row, opened })),
    [],
  );
  const follow = useCallback(
    (event: React.MouseEvent<HTMLAnchorElement>) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      void navigate({ href: event.currentTarget.getAttribute('href')! });
    },
    [navigate],
  );

  function moveTo(index: number) {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    setActive(to);
    virtual.scrollToIndex(to);
    const focus = () =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus({ preventScroll: true });
    // The row is drawn in the frame after the scrolling.
    requestAnimationFrame(() => requestAnimationFrame(focus));
  }

  function onKeyDown(event: React.KeyboardEvent) {
    if (!(event.target as HTMLElement).matches('[role=row]')) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 1);
    const steps: Record<string, number> = {
      ...{ ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page },
      ...{ Home: 0, End: rows.length - 1, j: active + 1, k: active - 1 },
    };
    const to = steps[event.key];
    const row = rows[active];
    if (to !== undefined) moveTo(to);
    else if (event.key === ' ' && selection && row !== undefined) selection.toggle(keyOf(row));
    else if (details && row !== undefined && isArrowFor(event.key, active === opened)) {
      details.toggle(keyOf(row));
    } else if (event.key === 'Enter' && hrefOf && row !== undefined) void navigate({ href: hrefOf(row) });
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div
        className={`grid card ${isNarrow ? 'narrow' : ''}`}
        role="grid"
        aria-label={label}
        aria-rowcount={onEnd === undefined ? rows.length + 1 : -1}
        aria-multiselectable={selection ? true : undefined}
        ref={scroller}
        onKeyDown={onKeyDown}
        style={{ '--tracks': tracks } as React.CSSProperties}
      >
        <div role="rowgroup">
          <div className="grid-head" role="row" aria-rowindex={1}>
            {selection && (
              <span role="columnheader">
                <span className="sr">Selected</span>
              </span>
            )}
            {shown.map(({ id, title }) => (
              <span role="columnheader" key={id}>
                {title}
              </span>
            ))}
            {actionsOf && (
              <span role="columnheader">
                <span className="sr">Actions</span>
              </span>
            )}
          </div>
        </div>
        {rows.length === 0 ? (
          // A grid has rows, or nothing.
          <div role="rowgroup">
            <div role="row">
              <div role="gridcell">{children ?? <Waiting />}</div>
            </div>
          </div>
        ) : (
          <div role="rowgroup" className="grid-rows" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const row = rows[index]!;
              const key = keyOf(row);
              return (
                <Fragment key={key}>
                  <Line
                    {...{ row, index, shown, nameOf, setActive, openMenu, follow }}
                    rowKey={key}
                    top={start - HEAD}
                    height={height}
                    href={hrefOf?.(row)}
                    isActive={index === active}
                    isOpen={key === open}
                    isSelected={selection?.selected.has(key)}
                    toggle={selection?.toggle}
                    hasMenu={actionsOf !== undefined}
                    hasDetails={index === opened}
                    toggleDetails={details?.toggle}
                  />
                  {index === opened && (
                    <BelowRow top={start - HEAD + height} onHeight={setDetailsHeight}>
                      {details!.of(row)}
                    </BelowRow>
                  )}
                </Fragment>
              );
            })}
          </div>
        )}
      </div>
      {menu !== undefined && actionsOf !== undefined && (
        <OpenMenu
          label={`Actions for ${nameOf(menu.row)}`}
          opened={menu.opened}
          actions={actionsOf(menu.row)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

/** Right opens what is below a row, left closes it. */
function isArrowFor(key: string, isOpen: boolean): boolean {
  return key === (isOpen ? 'ArrowLeft' : 'ArrowRight');
}

interface BelowRowProps {
  top: number;
  onHeight: (height: number) => void;
  children: ReactNode;
}

/** Takes the room that it needs: the rows after it move down. */
function BelowRow({ top, onHeight, children }: BelowRowProps) {
  const self = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => onHeight(entry!.borderBoxSize[0]!.blockSize));
    observer.observe(self.current!);
    return () => observer.disconnect();
  }, [onHeight]);
  return (
    <div className="grid-below" role="row" ref={self} style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell">{children}</div>
    </div>
  );
}

interface LineProps<Row> {
  row: Row;
  rowKey: string | number;
  index: number;
  top: number;
  height: number;
  shown: readonly Column<Row>[];
  nameOf: (row: Row) => string;
  href: string | undefined;
  isActive: boolean;
  isOpen: boolean;
  isSelected: boolean | undefined;
  toggle: ((key: string | number) => void) | undefined;
  hasMenu: boolean;
  hasDetails: boolean;
  toggleDetails: ((key: string | number) => void) | undefined;
  setActive: (index: number) => void;
  openMenu: (row: Row, opened: Opened) => void;
  follow: (event: React.MouseEvent<HTMLAnchorElement>) => void;
}

function LineOf<Row>(props: LineProps<Row>) {
  const { row, rowKey, index, top, height, shown, nameOf, href, isActive, isOpen, isSelected, toggle } =
    props;
  return (
    <div
      className="grid-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-index={index}
      data-open={isOpen ? '' : undefined}
      tabIndex={isActive ? 0 : -1}
      onFocus={() => props.setActive(index)}
      style={{ transform: `translateY(${top}px)`, height }}
    >
      {toggle !== undefined && (
        <span role="gridcell">
          <input
            type="checkbox"
            aria-label={`Select ${nameOf(row)}`}
            checked={isSelected}
            onChange={() => toggle(rowKey)}
          />
        </span>
      )}
      {shown.map(({ id, cell }, column) => (
        <span role="gridcell" key={id}>
          {column === 0 && props.toggleDetails !== undefined && (
            <button
              type="button"
              className="row-arrow"
              aria-label={`Details of ${nameOf(row)}`}
              aria-expanded={props.hasDetails}
              onClick={() => props.toggleDetails!(rowKey)}
            >
              {props.hasDetails ? (
                <ChevronDown size={14} aria-hidden />
              ) : (
                <ChevronRight size={14} aria-hidden />
              )}
            </button>
          )}
          {column === 0 && href !== undefined ? (
            <a className="row-name" href={href} onClick={props.follow}>
              {cell(row)}
            </a>
          ) : (
            cell(row)
          )}
        </span>
      ))}
      {props.hasMenu && (
        <span role="gridcell">
          <button
            type="button"
            className="row-menu"
            aria-label={`Actions for ${nameOf(row)}`}
            aria-haspopup="menu"
            onClick={({ currentTarget: at }) => props.openMenu(row, { at, first: 'first' })}
            onKeyDown={(event) => {
              const opened = openedBy(event);
              if (opened === undefined) return;
              // Else it scrolls the list, or clicks the button.
              event.preventDefault();
              props.openMenu(row, opened);
            }}
          >
            <EllipsisVertical size={16} aria-hidden />
          </button>
        </span>
      )}
    </div>
  );
}

/** One row. It is drawn anew only when its own facts change, not as the list scrolls past it. */
const Line = memo(LineOf) as typeof LineOf;

/** Whether the list itself is narrow: beside a drawer it is on a wide screen too. */
function useIsNarrow(element: React.RefObject<HTMLElement | null>): boolean {
  const [isNarrow, setIsNarrow] = useState(() => innerWidth < 760);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setIsNarrow(entry!.contentRect.width < 720));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return isNarrow;
}

import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  Background,
  BaseEdge,
  Controls,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { Plus } from 'lucide-react';
import { ENTRY } from '../draft/ways';
import type { Board } from './board';
import { useDrawn } from './drawn';
import { type DrawnWay, layOut, sizeOf, TILE } from './layout';
import { pathOf } from './path';
import { type Face, TileFace } from './tile-face';
import { neighbour } from './steps';
import { useUnchanged } from './unchanged';
import { quoted } from '../../../words/quoted';
import './canvas.css';

type TileNode = Node<
  {
    face: Face;
    isOpen: boolean;
    isActive: boolean;
    openTile: Board['openTile'];
    focused: (id: string) => void;
  },
  'tile'
>;
type EndNode = Node<Record<string, never>, 'end'>;
type WayEdge = Edge<{ way: DrawnWay; from: string; add?: Board['offerTiles'] }, 'way'>;

const TileView = memo(function TileView({ data }: NodeProps<TileNode>) {
  const { face, isOpen, isActive, openTile, focused } = data;
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <TileFace
        face={face}
        isOpen={isOpen}
        tabIndex={isActive ? 0 : -1}
        onPress={() => openTile(face.id)}
        onFocus={() => focused(face.id)}
      />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
});

function EndView() {
  return (
    <span className="way-end">
      <Handle type="target" position={Position.Top} isConnectable={false} />
      End
    </span>
  );
}

function WayView({ id, sourceX, sourceY, targetX, targetY, data }: EdgeProps<WayEdge>) {
  const { way, from, add } = data!;
  const { label } = way;
  const { line, mark } = pathOf({
    ...{ source: { x: sourceX, y: sourceY }, target: { x: targetX, y: targetY } },
    ...{ lane: way.lane, isJoin: way.isJoin, isBack: way.isBack },
  });
  const name = label === undefined ? `after ${from}` : `after ${from}, way ${quoted(label)}`;
  return (
    <>
      <BaseEdge id={id} path={line} className={way.isBack ? 'way-back' : undefined} />
      <EdgeLabelRenderer>
        <span
          className="way-mark nopan"
          style={{ transform: `translate(-50%, -50%) translate(${mark.x}px, ${mark.y}px)` }}
        >
          {label !== undefined && <span className="way-label">{label}</span>}
          {add !== undefined && !way.isFixed && (
            <button
              type="button"
              className="way-add"
              tabIndex={-1}
              aria-label={`Add a tile ${name}`}
              onClick={(event) => add([way], event.currentTarget)}
            >
              <Plus size={14} aria-hidden />
            </button>
          )}
        </span>
      </EdgeLabelRenderer>
    </>
  );
}

const nodeTypes = { tile: TileView, end: EndView };
const edgeTypes = { way: WayView };
const ZOOM = 0.9;
/** The tile can be neither moved nor connected by hand: the layout follows from the ways. */
const FIXED = {
  ...{ nodesDraggable: false, nodesConnectable: false, nodesFocusable: false, edgesFocusable: false },
  ...{ elementsSelectable: false, disableKeyboardA11y: true, deleteKeyCode: null, panOnScroll: true },
};

/** The journey as a picture that one moves about in. */
export default function Canvas({ board }: { board: Board }) {
  return (
    <ReactFlowProvider>
      <Flow {...board} />
    </ReactFlowProvider>
  );
}

function Flow({ tiles, ways: written, faces, open, openTile, offerTiles, removeTile, canEdit }: Board) {
  const [chosen, setActive] = useState(open ?? ENTRY);
  const flow = useReactFlow();
  const self = useRef<HTMLDivElement>(null);
  const { places, ways } = useMemo(
    () =>
      layOut(
        tiles.map(({ id }) => id),
        written,
      ),
    [tiles, written],
  );
  const active = places.has(chosen) ? chosen : ENTRY;
  const [start] = useState(open !== undefined && places.has(open) ? open : ENTRY);
  const isDrawn = useDrawn(places, start, ZOOM);
  const nodes = useUnchanged(
    useMemo(
      () =>
        nodesOf(faces, ways, places, { open, active, openTile, setActive }).filter(({ id }) => isDrawn(id)),
      [faces, ways, places, open, active, openTile, isDrawn],
    ),
  );
  const edges = useUnchanged(
    useMemo(
      () =>
        edgesOf(faces, ways, canEdit ? offerTiles : undefined).filter(
          ({ source, target }) => isDrawn(source) && isDrawn(target),
        ),
      [faces, ways, canEdit, offerTiles, isDrawn],
    ),
  );

  const bringIntoView = useCallback(
    (id: string) => {
      const place = places.get(id);
      if (place === undefined) return;
      const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120;
      const zoom = Math.max(flow.getZoom(), 0.7);
      void flow.setCenter(place.x + TILE.width / 2, place.y + TILE.height / 2, { zoom, duration });
    },
    [flow, places],
  );
  /** At first one sees where users enter, or the tile that the address names. */
  function begin() {
    if (open !== undefined && places.has(open)) return bringIntoView(open);
    const width = self.current?.clientWidth ?? 0;
    const x = width / 2 - (places.get(ENTRY)!.x + TILE.width / 2) * ZOOM;
    void flow.setViewport({ x, y: 32, zoom: ZOOM });
  }
  const show = useRef(bringIntoView);
  show.current = bringIntoView;
  const width = useStore((state) => state.width);
  // A tile that was opened elsewhere, such as in the list of faults, may be out of view; or its own form covers it.
  useEffect(() => {
    if (open === undefined) return;
    setActive(open);
    if (flow.viewportInitialized && !isInView(self.current, open)) show.current(open);
  }, [open, flow, width]);

  function moveTo(id: string) {
    setActive(id);
    if (!isInView(self.current, id)) bringIntoView(id);
    tileElement(self.current, id)?.focus({ preventScroll: true });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!(event.target instanceof HTMLElement) || !event.target.matches('.tile')) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = neighbour(event.key, active, places, ways);
    if (to !== undefined) moveTo(to);
    else if (event.key === 'Escape') openTile(undefined);
    else if (canEdit && event.key.toLowerCase() === 'a') offerTiles(waysFrom(active), event.target);
    else if (canEdit && event.key === 'Delete' && active !== ENTRY) {
      moveTo(neighbour('ArrowUp', active, places, ways) ?? ENTRY);
      removeTile(active);
    } else return;
    event.preventDefault();
  }

  const waysFrom = (id: string) => written.filter(({ from, isFixed }) => from === id && !isFixed);

  return (
    <div className="flow" ref={self}>
      <ReactFlow
        {...{ nodes, edges, nodeTypes, edgeTypes }}
        {...FIXED}
        aria-label="Tiles. Arrow keys follow the ways, Enter opens a tile, A adds one after it, Delete removes it."
        onKeyDown={onKeyDown}
        colorMode={colorMode()}
        minZoom={0.1}
        maxZoom={1.5}
        onInit={begin}
      >
        <Background gap={24} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

interface Marks {
  open: string | undefined;
  active: string;
  openTile: Board['openTile'];
  setActive: (id: string) => void;
}

type Layout = ReturnType<typeof layOut>;

function nodesOf(
  faces: readonly Face[],
  ways: DrawnWay[],
  places: Layout['places'],
  { open, active, openTile, setActive }: Marks,
): (TileNode | EndNode)[] {
  const tiles = faces.map((face): TileNode => ({
    ...{ id: face.id, type: 'tile', position: places.get(face.id)!, ...sizeOf(face.id) },
    data: {
      ...{ face, isOpen: face.id === open, isActive: face.id === active },
      ...{ openTile, focused: setActive },
    },
  }));
  const ends = ways
    .filter(({ to }) => to === null)
    .map(({ target }): EndNode => ({
      ...{ id: target, type: 'end', position: places.get(target)!, ...sizeOf(target) },
      data: {},
    }));
  return [...tiles, ...ends];
}

function edgesOf(faces: readonly Face[], ways: DrawnWay[], add: Board['offerTiles'] | undefined): WayEdge[] {
  const titles = new Map(faces.map(({ id, title }) => [id, quoted(title)]));
  return ways.map((way) => ({
    ...{ id: way.id, type: 'way', source: way.from, target: way.target },
    data: { way, from: titles.get(way.from)!, add },
  }));
}

function tileElement(within: HTMLElement | null, id: string): HTMLElement | null {
  return within?.querySelector<HTMLElement>(`[data-tile="${CSS.escape(id)}"]`) ?? null;
}

function isInView(within: HTMLElement | null, id: string): boolean {
  const tile = tileElement(within, id)?.getBoundingClientRect();
  const frame = within?.getBoundingClientRect();
  if (tile === undefined || frame === undefined) return true;
  return (
    tile.top >= frame.top &&
    tile.bottom <= frame.bottom &&
    tile.left >= frame.left &&
    tile.right <= frame.right
  );
}

function colorMode(): 'light' | 'dark' | 'system' {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

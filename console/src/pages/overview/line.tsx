import { exactTime } from '../../words/time';

interface LineProps {
  /** What is drawn, for who cannot see it. */
  label: string;
  /** When each step begins, and its value: null where there is none. */
  points: { at: string; value: number | null }[];
  /** The highest value of the scale; left out, that of the points. */
  top?: number;
  tone: 'good' | 'bad' | 'info';
  format: (value: number) => string;
}

const WIDTH = 240;
const HEIGHT = 44;
const EDGE = 3;

/** A small line over time. It breaks where there is no value. */
export function Line({ label, points, top, tone, format }: LineProps) {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const highest = Math.max(top ?? Math.max(...values, 0), 1e-9);
  const x = (index: number) => EDGE + (index * (WIDTH - 2 * EDGE)) / Math.max(1, points.length - 1);
  const y = (value: number) => HEIGHT - EDGE - (value / highest) * (HEIGHT - 2 * EDGE);
  const path = points
    .map(({ value }, index) => {
      if (value === null) return '';
      const isFirst = index === 0 || points[index - 1]!.value === null;
      return `${isFirst ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
  const lastIndex = points.findLastIndex(({ value }) => value !== null);
  const last = points[lastIndex];
  const said =
    values.length === 0
      ? `${label}: nothing yet`
      : `${label}: from ${format(Math.min(...values))} to ${format(Math.max(...values))}, ${format(last!.value!)} last`;
  return (
    <svg
      className={`line ${tone}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={said}
    >
      <path className="base" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
      <path d={path} />
      {points.map(({ at, value }, index) => (
        <rect key={at} x={x(index) - WIDTH / points.length / 2} width={WIDTH / points.length} height={HEIGHT}>
          <title>{`${exactTime(at)}: ${value === null ? 'nothing' : format(value)}`}</title>
        </rect>
      ))}
      {last !== undefined && <circle cx={x(lastIndex)} cy={y(last.value!)} r="2.5" />}
    </svg>
  );
}

import './progress.css';

interface ProgressProps {
  label: string;
  done: number;
  /** Left out while it is not known. */
  total: number | null;
  /** Beside the bar; left out, the numbers. */
  text?: string;
}

/** How far long work is. */
export function Progress({ label, done, total, text }: ProgressProps) {
  const numbers = `${done.toLocaleString('en')}${total === null ? '' : ` of ${total.toLocaleString('en')}`}`;
  return (
    <span className="progress">
      <progress
        aria-label={label}
        max={total || 1}
        value={total === null ? undefined : total === 0 ? 1 : done}
      />
      <span>{text ?? numbers}</span>
    </span>
  );
}

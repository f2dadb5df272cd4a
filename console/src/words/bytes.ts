const UNITS = ['KiB', 'MiB', 'GiB'];

/** “312 bytes”, “4.1 KiB”. */
export function bytes(count: number): string {
  if (count < 1_024) return count === 1 ? '1 byte' : `${count} bytes`;
  let size = count / 1_024;
  let unit = 0;
  while (size >= 1_024 && unit < UNITS.length - 1) {
    size /= 1_024;
    unit += 1;
  }
  return `${size.toFixed(size < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

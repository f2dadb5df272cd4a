const KIB = 1_024;
const MIB = 1_048_576;

/** A size as people read it: 16384 is `16 KiB`. */
export function sizeText(bytes: number): string {
  if (bytes % MIB === 0) return `${bytes / MIB} MiB`;
  return bytes % KIB === 0 ? `${bytes / KIB} KiB` : `${bytes} bytes`;
}

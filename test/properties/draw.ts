import fc, { type GeneratorValue } from 'fast-check';

/** Draws the parts of a case. The first of what can be drawn is the simplest: to it fast-check shrinks a case that fails. */
export type Draw = GeneratorValue;

export function oneOf<Value>(draw: Draw, values: readonly Value[]): Value {
  return values[draw(fc.nat, { max: values.length - 1 })]!;
}

/** True in one of so many cases. */
export function isOneIn(draw: Draw, cases: number): boolean {
  return draw(fc.nat, { max: cases - 1 }) === cases - 1;
}

/** The fields in one of so many cases, else none. */
export function maybe<Fields extends object>(
  draw: Draw,
  cases: number,
  fields: () => Fields,
): Partial<Fields> {
  return isOneIn(draw, cases) ? fields() : {};
}

export function numberFrom(draw: Draw, least: number, most: number): number {
  return least + draw(fc.nat, { max: most - least });
}

/** Between so many and so many of them. */
export function several<Value>(draw: Draw, least: number, most: number, value: () => Value): Value[] {
  return Array.from({ length: numberFrom(draw, least, most) }, value);
}

const { WAYHOOK_PROPERTY_RUNS: runs, WAYHOOK_PROPERTY_SEED: seed } = process.env;

/** How a property is checked: with the same cases each time, unless the environment asks for others (CONTRIBUTING.md). */
export function settings(usualRuns: number): fc.Parameters<unknown> {
  return {
    seed: seed === undefined ? 1 : Number(seed),
    numRuns: runs === undefined ? usualRuns : Number(runs),
    // A case takes a second, and is printed as the API and the endpoints see it: shrinking it takes longer than reading it.
    endOnFailure: true,
  };
}

/* Fields of a tile by their paths, as the API writes them: `branches[1].next`. */

type Step = string | number;

function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, index]) =>
    index === undefined ? name : Number(index),
  );
}

export function getAt(value: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>(
    (within, step) => (within as Record<Step, unknown> | null | undefined)?.[step],
    value,
  );
}

/** A copy with another value there; undefined leaves the field out. */
export function setAt<Whole>(whole: Whole, path: string, value: unknown): Whole {
  return setStep(whole, stepsOf(path), value) as Whole;
}

function setStep(within: unknown, [step, ...rest]: Step[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(within)) {
    return within.map((item: unknown, index) => (index === step ? setStep(item, rest, value) : item));
  }
  const before = (within ?? {}) as Record<Step, unknown>;
  const next = setStep(before[step], rest, value);
  if (next === undefined) {
    const { [step]: _left, ...others } = before;
    return others;
  }
  return { ...before, [step]: next };
}

import { useState } from 'react';

/**
 * What somebody is typing, where the value cannot hold all of it: an empty line, a name that stands twice. It is what
 * was typed as long as that still means the value; after an undo, what the value is.
 */
export function useTyped<Value, Typed>(
  value: Value,
  typedOf: (value: Value) => Typed,
  valueOf: (typed: Typed) => Value,
): [Typed, (typed: Typed) => Value] {
  const [typed, setTyped] = useState(() => typedOf(value));
  const isMeant = JSON.stringify(valueOf(typed)) === JSON.stringify(value);
  return [
    isMeant ? typed : typedOf(value),
    (next) => {
      setTyped(next);
      return valueOf(next);
    },
  ];
}

/** With this field; without it, where there is no value. */
export function withOptional<Whole extends object, Key extends keyof Whole>(
  whole: Whole,
  key: Key,
  value: Whole[Key] | undefined,
): Whole {
  if (value !== undefined) return { ...whole, [key]: value };
  const { [key]: _left, ...rest } = whole;
  return rest as Whole;
}

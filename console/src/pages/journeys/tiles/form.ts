import type { ReactNode } from 'react';
import type { PartProps, Tile, TileOf, TileType } from '../draft/draft';

/** What the form of a tile is given. */
export type TileFormProps<Type extends TileType> = PartProps<TileOf<Type>>;

export type TileForm<Type extends TileType> = (props: TileFormProps<Type>) => ReactNode;

/** The fields of a form that change one field of a tile each. */
export function changing<Value extends Tile>({
  value,
  onChange,
}: Pick<PartProps<Value>, 'value' | 'onChange'>) {
  return <Key extends keyof Value>(key: Key, field: Value[Key] | undefined) => {
    if (field !== undefined) return onChange({ ...value, [key]: field });
    const { [key]: _left, ...rest } = value;
    onChange(rest as Value);
  };
}

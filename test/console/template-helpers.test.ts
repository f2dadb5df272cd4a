import { HELPERS as offered } from '../../console/src/ui/template-editor/helpers';
import { HELPERS } from '../../src/template/helpers/table';

it('offers each helper of the server in the template editor, as a block where it is one only', () => {
  expect(offered.map(({ name }) => name).sort()).toEqual(Object.keys(HELPERS).sort());
  const inline = offered.filter(({ isBlock }) => !isBlock).map(({ name }) => name);
  expect(inline.filter((name) => HELPERS[name]!.value === undefined)).toEqual([]);
});

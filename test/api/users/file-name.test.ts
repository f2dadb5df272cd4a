import { fileNameIn } from '../../../src/api/users/file-name';

it.each([
  ['attachment; filename="people.csv"', 'people.csv'],
  ['attachment; filename=people.csv', 'people.csv'],
  ['attachment; filename="a \\"b\\".csv"', 'a "b".csv'],
  ["attachment; filename=plain.csv; filename*=UTF-8''%e2%82%ac.csv", '€.csv'],
  ["attachment; filename=plain.csv; filename*=UTF-8''%ff.csv", 'plain.csv'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ["attachment; filename*=UTF-8''C%3A%5Ctmp%5Cx%E2%80%AEvsc.csv", 'xvsc.csv'],
  [`attachment; filename="${'x'.repeat(500)}"`, 'x'.repeat(200)],
  ["attachment; filename*=UTF-8''%00", undefined],
  ['attachment', undefined],
  [undefined, undefined],
])('reads the name of a file from %j', (disposition, name) => {
  expect(fileNameIn(disposition)).toBe(name);
});

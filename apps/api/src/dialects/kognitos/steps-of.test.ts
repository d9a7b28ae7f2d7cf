import { stepsOf } from './steps-of';

test.each([
  ['', []],
  ['inputs.max', ['inputs', 'max']],
  ['file_ids[0].records[12].inputs["a.b \\"c\\""]', ['file_ids', 0, 'records', 12, 'inputs', 'a.b "c"']],
  ['file.line 5, a', ['file', 'line 5, a']],
  ['file[0].a', ['file', 0, 'a']],
])('the path %j has these steps', (path, steps) => {
  expect(stepsOf(path)).toEqual(steps);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { toMarkdown } from './to-markdown';
import { toText } from './to-text';

const many = 200_000;
const table = (cell: string) =>
  `<table><tbody><tr><td>${cell}</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>`;

test.each([
  ['backslashes', '\\'.repeat(many), '\\\\'.repeat(many)],
  ['backslashes of code', `<code>${'\\'.repeat(many)}</code>`, `\`${'\\'.repeat(many)}\``],
])('a cell may hold many %s', async (_, cell, expected) => {
  const lines = toMarkdown(table(`${cell}x`)).split('\n');
  await sleep(0);
  expect(lines[0] === `| ${expected}x | b |`).toBe(true);
});

test.each([
  ['p', '&nbsp;', '\u00a0'],
  ['pre', '\n', '\n'],
])('a <%s> may hold many blanks', async (name, blank, written) => {
  const markdown = toMarkdown(`<${name}>a${blank.repeat(many)}b</${name}>`);
  await sleep(0);
  expect(markdown.includes(`a${written.repeat(1_000)}b`)).toBe(true);
});

test.each([
  ['spaces', '\u00a0'.repeat(many), '\u00a0'.repeat(many)],
  ['empty lines', '<br>'.repeat(many / 10), ' '],
])('the text of a cell may hold many %s', async (_, gap, expected) => {
  const lines = toText(table(`a${gap}x`)).split('\n');
  await sleep(0);
  expect(lines[0] === `a${expected}x | b`).toBe(true);
});

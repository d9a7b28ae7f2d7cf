import type { ContentKind } from './content-kind';
import { charsetOf, decode } from './decode';

/** The HTML of the document that a browser makes of these bytes. */
export function documentOf(
  bytes: Uint8Array,
  { kind, contentType }: { kind: Exclude<ContentKind, 'download' | 'xml'>; contentType: string },
): string {
  const otherwise = kind === 'json' ? 'utf-8' : 'windows-1252';
  const text = decode(bytes, { label: charsetOf(contentType), otherwise });
  return kind === 'html' ? text : shown[kind](inPre(text));
}

const colorScheme = '<meta name="color-scheme" content="light dark">';

/** As Chromium writes them. */
const shown = {
  text: (pre: string) =>
    `<html><head>${colorScheme}</head><body><pre style="word-wrap: break-word; white-space: pre-wrap;">${pre}</pre></body></html>`,
  json: (pre: string) =>
    `<html><head>${colorScheme}<meta charset="utf-8"></head><body><pre>${pre}</pre><div class="json-formatter-container"></div></body></html>`,
};

/** The first line break after `<pre>` is dropped by every parser, so it is written once more. */
function inPre(text: string): string {
  return `\n${text.replace(/[&<>\0]/g, (found) => escapes[found] ?? found)}`;
}

const escapes: Record<string, string | undefined> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

import type { AppSlot } from './app-slot';

const warnLevel = 40;
const shownLength = 160;
const shownCount = 12;

interface LogLine {
  app?: string;
  level?: number;
  msg?: string;
  err?: { message?: string };
}

/** What the apps warned of, and how often, most often first: where to look when something is wrong. */
export function logWarnings(slots: AppSlot[]): string[] {
  const counts = new Map<string, number>();
  for (const line of slots.flatMap(({ log }) => log)) {
    const { app = '', level = 0, msg = '', err } = parsed(line);
    if (level < warnLevel) continue;
    const words = `${app}: ${msg}${err?.message ? `: ${err.message}` : ''}`.replace(/[0-9a-f-]{36}/g, '…');
    const short = words.replaceAll('\n', ' ').slice(0, shownLength);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, shownCount);
  return sorted.map(([words, count]) => `${count} x ${words}`);
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}

import { isUrl } from '@runnel/contracts';
import type { Cell, FieldRule } from '@runnel/contracts';
import { cleanCell, cleanText } from './clean';
import { parseDate } from './date';
import { parseNumber } from './number';
import { applyPattern } from './pattern';

const longestQuote = 200;

/** What a cell is to be read by. */
export interface CellContext {
  /** What relative addresses are relative to. */
  baseUrl: string;
  /** The robot's `options.locale`: how its pages write numbers and dates. */
  locale: string | null;
}

type Converter = (text: string, context: CellContext) => Cell;

/** Null is "not of this type". */
const converters: Record<FieldRule['type'], Converter> = {
  string: (text) => text,
  number: (text, { locale }) => parseNumber(text, locale),
  boolean: () => true,
  date: (text, { locale }) => parseDate(text, locale),
  url: (text, { baseUrl }) => (isUrl(text, baseUrl) ? new URL(text, baseUrl).href : null),
  json: (text) => {
    try {
      return cleanCell(JSON.parse(text) as Cell);
    } catch {
      return null;
    }
  },
};

/** A cell, and what was wrong with what its selector matched. */
export interface CellReading {
  value: Cell;
  /** Nothing usable was found and no default stands for it. */
  missing: boolean;
  warning: string | null;
}

/** The cell that a rule makes of what its selector matched. */
export function toCell(rule: FieldRule, matched: string[], context: CellContext): CellReading {
  const texts = matched.map(cleanText);
  const values = texts.map((text) => convert(rule, text, context));
  const bad = texts.find((_, index) => values[index] === null);
  const warning = bad === undefined ? null : `is not ${describe(rule)}: ${quoted(bad)}`;
  const good = values.filter((value) => value !== null);
  if (rule.all && good.length > 0) return { value: good, missing: false, warning };
  const first = good[0];
  if (first !== undefined) return { value: first, missing: false, warning };
  const fallback = emptyCell(rule);
  return { value: fallback.value, missing: fallback.missing, warning };
}

function convert(rule: FieldRule, text: string, context: CellContext): Cell {
  const { pattern } = rule;
  const part = pattern === undefined ? text : applyPattern(rule as FieldRule & { pattern: string }, text);
  return part === null ? null : converters[rule.type](part, context);
}

function emptyCell(rule: FieldRule): { value: Cell; missing: boolean } {
  if (rule.default !== undefined) return { value: rule.default, missing: false };
  if (rule.type === 'boolean' && !rule.all) return { value: false, missing: false };
  return { value: rule.all ? [] : null, missing: true };
}

/** Whole or not at all: of a secret that is cut short no mask could know what is left. */
function quoted(text: string): string {
  return text.length > longestQuote ? `a text of ${text.length} characters` : JSON.stringify(text);
}

function describe(rule: FieldRule): string {
  return rule.pattern === undefined ? `a ${rule.type}` : `a ${rule.type} by the pattern ${rule.pattern}`;
}

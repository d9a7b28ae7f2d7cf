import { limitRules, type SpaceLimits } from '@runnel/services';
import { parseWords } from '../parse-words';
import { UsageError } from '../usage-error';

const text = { type: 'string' } as const;
const known = { 'max-queued': text, 'max-running': text, 'keep-days': text, 'keep-runs': text };
const limitOf = {
  'max-queued': 'maxQueued',
  'max-running': 'maxRunning',
  'keep-days': 'keepDays',
  'keep-runs': 'keepRuns',
} as const satisfies Record<keyof typeof known, keyof SpaceLimits>;

/** What `runnel spaces set` was called with. @throws UsageError */
export function readLimits(words: string[]): { wanted: string; limits: Partial<SpaceLimits> } {
  const { values, operand: wanted } = parseWords(words, known, 'NAME_OR_ID');
  if (wanted === undefined) throw new UsageError('Which NAME_OR_ID?');
  const given = Object.entries(limitOf).flatMap(([option, limit]) => {
    const value = values[option as keyof typeof known];
    return value === undefined ? [] : [[limit, valueOf(option, limit, value)]];
  });
  if (given.length > 0) return { wanted, limits: Object.fromEntries(given) as Partial<SpaceLimits> };
  const options = Object.keys(known).map((option) => `--${option}`);
  throw new UsageError(`Set what? Give one or more of ${options.join(', ')}`);
}

function valueOf(option: string, limit: keyof SpaceLimits, value: string): number | null {
  const { least, most, none } = limitRules[limit];
  if (none !== null && value === none) return null;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  const other = none === null ? '' : `, or ${none}`;
  throw new UsageError(`--${option} ${value}: must be a whole number from ${least} to ${most}${other}`);
}

import { UsageError } from '../usage-error';

/** The number that an option says; null when it was not given. @throws UsageError */
export function numberIn(
  option: string,
  word: string | undefined,
  { least, most }: { least: number; most: number },
): number | null {
  if (word === undefined) return null;
  const number = /^\d{1,10}$/.test(word) ? Number(word) : NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${option} ${word}: must be a whole number from ${least} to ${most}`);
}

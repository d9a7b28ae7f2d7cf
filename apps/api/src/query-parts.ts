import { wrongWord } from '@runnel/contracts';
import { z } from 'zod';

/** A whole number; in an address numbers are text. */
export function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message)
    .meta({ type: 'integer', minimum: least, maximum: most });
}

/** One of the words, or several with commas between; what they stand for, each once. */
export function wordList<Word extends string, Meaning>(
  words: readonly Word[],
  meaningOf: (word: Word) => Meaning[],
) {
  return z
    .string()
    .transform((text, context) => {
      const known = text.split(',').map((asked) => words.find((word) => word === asked) ?? { asked });
      return known.flatMap((word) => {
        if (typeof word !== 'object') return meaningOf(word);
        const { message, didYouMean } = wrongWord('', word.asked, [...words]);
        const hint = didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`;
        context.addIssue({ code: 'custom', message: `${message}${hint}` });
        return [];
      });
    })
    .transform((meanings) => [...new Set(meanings)])
    .meta({ description: `One of ${words.join(', ')}, or several with commas between` });
}

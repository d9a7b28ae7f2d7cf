import { ar, Chrono, de, en, es, fi, fr, id, it, ja, nl, pt, ru, strict, sv, uk, vi, zh } from 'chrono-node';

/** By language: how its dates are read. */
const languages: Record<string, Chrono | undefined> = {
  ar: ar.strict,
  de: de.strict,
  es: es.strict,
  fi: fi.strict,
  fr: fr.strict,
  id: id.strict,
  it: it.strict,
  ja: ja.strict,
  nl: nl.strict,
  pt: pt.strict,
  ru: ru.strict,
  sv: sv.strict,
  uk: uk.strict,
  vi: vi.strict,
};
const dayFirstEnglish = new Chrono(en.configuration.createConfiguration(true, true));

/** Those that may read a date of the locale, the locale's own first. English reads what the others do not. */
export function dateReaders(locale: string | null): Chrono[] {
  if (locale === null) return [strict];
  const { language, script, region } = new Intl.Locale(locale).maximize();
  const english = isDayFirst(locale) ? dayFirstEnglish : strict;
  if (language === 'zh')
    return [script === 'Hant' || region === 'TW' ? zh.hant.strict : zh.hans.strict, english];
  const own = languages[language];
  return own ? [own, english] : [english];
}

function isDayFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).formatToParts(0);
  const order = parts.map(({ type }) => type).filter((type) => ['day', 'month', 'year'].includes(type));
  return order[0] === 'day';
}

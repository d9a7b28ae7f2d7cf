const minuteMs = 60_000;

/** How far the clocks of a zone are ahead of UTC at a time, in milliseconds. */
export function zoneOffsets(timezone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = 0, minutes = 0] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    const ahead = (Number(hours) * 60 + Number(minutes)) * minuteMs;
    return sign === '-' ? -ahead : ahead;
  };
}

/** As it is written behind a time: `+02:00`. */
export function writtenOffset(offset: number): string {
  const minutes = Math.abs(offset) / minuteMs;
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

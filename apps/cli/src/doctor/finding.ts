/** How well it stands: `info` is worth knowing, a `problem` is to be mended before anybody is let near. */
type Level = 'ok' | 'info' | 'warning' | 'problem';

/** One thing that was looked at. */
export interface Finding {
  level: Level;
  /** A sentence. */
  says: string;
  /** What to do about it; null: nothing. */
  advice: string | null;
}

export const ok = (says: string): Finding => ({ level: 'ok', says, advice: null });
export const info = (says: string, advice: string): Finding => ({ level: 'info', says, advice });
export const warning = (says: string, advice: string): Finding => ({ level: 'warning', says, advice });
export const problem = (says: string, advice: string): Finding => ({ level: 'problem', says, advice });

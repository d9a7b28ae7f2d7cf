import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

const secrets = ['authorization', '*.authorization', '*["x-api-key"]', '*.password', '*.cookie'];

/** JSON lines; readable ones when a person is looking. */
export function createLogger(app: string, level: string): Logger {
  const options = { level, base: { app, pid: process.pid }, redact: secrets };
  if (!process.stdout.isTTY) return pino(options);
  return pino(
    options,
    pretty({ ignore: 'pid,hostname', messageFormat: '{app}: {msg}', translateTime: 'HH:MM:ss' }),
  );
}

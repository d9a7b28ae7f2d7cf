import { Lifetime } from './lifetime';
import { createLogger, type Logger } from './logger';
import { raiseThreads, readSettings, SettingsError, type Settings } from './settings';

export interface ProcessParts {
  settings: Settings;
  logger: Logger;
  lifetime: Lifetime;
}

/** What an app tells, when it is ready, to the process that started it. */
export interface ReadyMessage {
  ready: true;
  /** The port of an API. */
  port?: number;
}

type Start = (parts: ProcessParts) => Promise<void>;

/**
 * Runs one app until SIGTERM, SIGINT or the end of the process that started it, then closes what it opened.
 * A second signal ends it at once. What goes wrong is in its log.
 */
export async function runProcess(
  app: string,
  start: (parts: ProcessParts) => Promise<ReadyMessage>,
): Promise<void> {
  const forGood: Start = async (parts) => {
    const ready = await start(parts);
    parts.logger.info(ready, 'ready');
    tellParent(ready);
    await new Promise(() => null);
  };
  await run(app, forGood, (error, logger) => {
    // Whoever started this process tells it to the person; else the log does.
    if (!tellParent({ failed: messageOf(error) })) logger.fatal({ err: error }, messageOf(error));
  });
}

/** The same for what ends by itself and is called by a person: what goes wrong is a sentence. */
export async function runCommand(name: string, start: Start): Promise<void> {
  await run(name, start, (error) => process.stderr.write(`${messageOf(error)}\n`));
}

async function run(app: string, start: Start, tell: (error: unknown, logger: Logger) => void): Promise<void> {
  raiseThreads();
  const settings = settingsOrExit();
  const logger = createLogger(app, settings.LOG_LEVEL);
  const lifetime = new Lifetime(logger);
  try {
    await Promise.race([start({ settings, logger, lifetime }), askedToStop(logger)]);
  } catch (error) {
    tell(error, logger);
    process.exitCode = 1;
  } finally {
    await lifetime.close();
    logger.debug('stopped');
    // What a library left open must not keep a stopped process alive.
    setImmediate(() => process.exit());
  }
}

/** False when nobody listens: a message into a closed channel would end the process. */
function tellParent(message: object): boolean {
  return process.connected && process.send !== undefined && process.send(message, () => null);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function settingsOrExit(): Settings {
  try {
    return readSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function askedToStop(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const stop = (why: string): void => {
      logger.info(`stopping: ${why}`);
      resolve();
    };
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        signals += 1;
        if (signals > 1) process.exit(1);
        stop(name);
      });
    }
    // Ctrl-C reaches parent and child at once: the end of the parent is not a second signal.
    process.on('disconnect', () => stop('its parent ended'));
  });
}

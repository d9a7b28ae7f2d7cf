export { concurrencyFor, containerLimits } from './container-limits';
export { serveHealth } from './health-server';
export { Lifetime } from './lifetime';
export { createLogger, type Logger } from './logger';
export { runCommand, runProcess, type ProcessParts, type ReadyMessage } from './run-process';
export { readSettings, SettingsError, type Settings } from './settings';

/** What the keeper needs to know, in JSON on its standard input. */
export interface KeeperOrder {
  /** The cluster's folder; created when it is not there. */
  folder: string;
  logFile: string;
  port: number;
  password: string;
  /** False: commits are not written through to the disk. For tests. */
  durable: boolean;
}

/** Postgres writes this file at its first start. Without it there is no cluster, or what an interrupted initdb left. */
export const startedFile = (folder: string): string => `${folder}/postmaster.opts`;

export const databaseUser = 'runnel';
export const databaseName = 'runnel';
/** What the keeper prints when clients may connect. */
export const readyLine = 'ready';
/** Its exit code when another keeper has the folder. */
export const heldExitCode = 3;

import { DataSource } from 'typeorm';
import { engineChoiceSchema } from './entities/engine-choice';
import { robotSchema, robotVersionSchema } from './entities/robot';
import { eventSchema, runSchema } from './entities/run';
import { fireSchema, scheduleSchema } from './entities/schedule';
import { rateCountSchema } from './entities/rate-count';
import { loginSchema, secretSchema } from './entities/secret';
import { apiKeySchema, fileSchema, idempotencyKeySchema, spaceSchema } from './entities/space';
import { artifactSchema, rowSchema, taskSchema } from './entities/task';
import { CreateLedger1763700000000 } from './migrations/1763700000000-create-ledger';
import { ChooseEngines1764000000000 } from './migrations/1764000000000-choose-engines';
import { RunManyTasks1764100000000 } from './migrations/1764100000000-run-many-tasks';
import { SpeakDialects1764200000000 } from './migrations/1764200000000-speak-dialects';
import { KeepSchedules1764300000000 } from './migrations/1764300000000-keep-schedules';
import { GuardSpaces1764400000000 } from './migrations/1764400000000-guard-spaces';

export interface DatabaseOptions {
  url: string;
  /** Connections at a time. */
  poolSize: number;
  /** Shown by Postgres beside each connection. */
  application: string;
  /** True: statements may take as long as they like. For migrations. */
  patient?: boolean;
}

/** Connects to Postgres. Whoever opens it destroys it. */
export async function openDataSource(options: DatabaseOptions): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.application,
    poolSize: options.poolSize,
    connectTimeoutMS: 5_000,
    synchronize: false,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    entities: [
      spaceSchema,
      apiKeySchema,
      idempotencyKeySchema,
      fileSchema,
      robotSchema,
      robotVersionSchema,
      engineChoiceSchema,
      runSchema,
      eventSchema,
      taskSchema,
      rowSchema,
      artifactSchema,
      scheduleSchema,
      fireSchema,
      secretSchema,
      loginSchema,
      rateCountSchema,
    ],
    migrations: [
      CreateLedger1763700000000,
      ChooseEngines1764000000000,
      RunManyTasks1764100000000,
      SpeakDialects1764200000000,
      KeepSchedules1764300000000,
      GuardSpaces1764400000000,
    ],
    extra: {
      statement_timeout: options.patient ? 0 : 15_000,
      // The server's limit does not help when the connection is half open.
      query_timeout: options.patient ? 0 : 18_000,
      // A process that stops in the middle of a transaction holds its locks no longer than this.
      idle_in_transaction_session_timeout: 3_000,
      keepAlive: true,
    },
  }).initialize();
}

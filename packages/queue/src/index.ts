export { migrateQueue, type QueueAddress } from './connection';
export { type Job, type NewJob } from './job';
export { JobConsumer } from './job-consumer';
export { JobProducer, type Added } from './job-producer';
export { lookAtRedis, type RedisFacts } from './look-at-redis';

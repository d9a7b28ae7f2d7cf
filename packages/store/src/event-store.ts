import type { Event } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { eventSchema } from './entities/run';

/** A run's history. Events are written by the statements that they tell of; this reads them. */
export class EventStore {
  constructor(private readonly manager: EntityManager) {}

  /** The events after number `after`, oldest first. */
  async list(runId: string, after = 0, limit = 1000): Promise<Event[]> {
    return this.manager
      .createQueryBuilder(eventSchema, 'event')
      .where('event.runId = :runId AND event.seq > :after', { runId, after })
      .orderBy('event.seq')
      .take(limit)
      .getMany();
  }
}

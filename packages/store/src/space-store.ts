import type { Space } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { newId } from './new-id';
import { apiKeySchema, spaceSchema } from './entities/space';

/** Spaces, and the keys that open them. */
export class SpaceStore {
  constructor(private readonly manager: EntityManager) {}

  async create(name: string): Promise<string> {
    const id = newId();
    await this.manager.insert(spaceSchema, { id, name });
    return id;
  }

  /** The oldest space, or null before the first start. */
  async first(): Promise<Space | null> {
    const [space] = await this.manager.find(spaceSchema, { order: { createdAt: 'ASC', id: 'ASC' }, take: 1 });
    return space ?? null;
  }

  async addKey(key: { spaceId: string; name: string; prefix: string; hash: Buffer }): Promise<void> {
    await this.manager
      .createQueryBuilder()
      .insert()
      .into(apiKeySchema)
      .values({ id: newId(), ...key })
      .orIgnore()
      .execute();
  }

  async hasKeys(spaceId: string): Promise<boolean> {
    return this.manager.exists(apiKeySchema, { where: { spaceId } });
  }

  /** The space that the key with this hash opens, or null. */
  async openedBy(hash: Buffer): Promise<string | null> {
    const key = await this.manager.findOne(apiKeySchema, {
      where: { hash },
      select: { id: true, spaceId: true },
    });
    return key?.spaceId ?? null;
  }
}

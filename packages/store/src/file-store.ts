import type { InputFile } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { fileSchema } from './entities/space';
import { mayUse } from './may-use';
import { newId } from './new-id';
import { columnsOf, rowsOf } from './sql';

/** A file without its bytes. */
export type FileView = Omit<InputFile, 'bytes'>;

type NewInputFile = Pick<InputFile, 'spaceId' | 'name' | 'contentType' | 'records' | 'bytes'> & {
  id?: string;
  keyId?: string | null;
};

const viewColumns = `f.id, f.space_id AS "spaceId", f.name, f.content_type AS "contentType", f.size,
  f.records, f.key_id AS "keyId", f.created_at AS "createdAt"`;

/** Input files of a space. A file never changes. */
export class FileStore {
  constructor(private readonly manager: EntityManager) {}

  /** `id`: one that was given out before. Null when there is a file of it already. */
  async create(file: NewInputFile): Promise<FileView | null> {
    const { id = newId(), spaceId, name, contentType, records, keyId = null, bytes } = file;
    const [created] = await rowsOf<FileView>(
      this.manager,
      `INSERT INTO files AS f (id, space_id, name, content_type, records, key_id, size, bytes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING
       RETURNING ${viewColumns}`,
      [id, spaceId, name, contentType, records, keyId, bytes.length, bytes],
    );
    return created ?? null;
  }

  /** The file without its bytes, or null. `forKey`: if that key may use it, which for one robot is what such keys upload. */
  async view(spaceId: string, id: string, forKey: string | null = null): Promise<FileView | null> {
    const uploader = '(SELECT u.robot_id FROM api_keys u WHERE u.id = f.key_id)';
    const statement = `SELECT ${viewColumns} FROM files f
      WHERE f.space_id = $1 AND f.id = $2 AND ${mayUse('$3', uploader)}`;
    return (await rowsOf<FileView>(this.manager, statement, [spaceId, id, forKey]))[0] ?? null;
  }

  /** The file with its bytes, or null. */
  async find(spaceId: string, id: string): Promise<InputFile | null> {
    const [file] = await rowsOf<InputFile>(
      this.manager,
      `SELECT ${columnsOf(fileSchema, 'f')} FROM files f WHERE f.space_id = $1 AND f.id = $2`,
      [spaceId, id],
    );
    return file ?? null;
  }

  /** Newest first. `before`: only files older than this one. */
  async list(
    spaceId: string,
    page: { limit: number; before: string | null },
  ): Promise<{ totalCount: number; items: FileView[] }> {
    const items = await rowsOf<FileView>(
      this.manager,
      `SELECT ${viewColumns} FROM files f WHERE f.space_id = $1 AND ($2::uuid IS NULL OR f.id < $2)
       ORDER BY f.id DESC LIMIT $3`,
      [spaceId, page.before, page.limit],
    );
    const [total] = await rowsOf<{ count: number }>(
      this.manager,
      `SELECT count(*)::int AS count FROM files f WHERE f.space_id = $1`,
      [spaceId],
    );
    return { totalCount: total?.count ?? 0, items };
  }

  /** False when there is no such file. */
  async delete(spaceId: string, id: string): Promise<boolean> {
    const { affected } = await this.manager.delete(fileSchema, { spaceId, id });
    return (affected ?? 0) > 0;
  }
}

/**
 * True where a key may use what is of a robot: one that is for one robot alone uses nothing of others, and one that is
 * gone nothing at all. Null: no key is asked.
 */
export const mayUse = (key: string, robot: string): string => `
  (${key}::uuid IS NULL OR EXISTS (SELECT FROM api_keys k
    WHERE k.id = ${key} AND (k.robot_id IS NULL OR k.robot_id = ${robot})))`;

/** Where a run is: in a space, under a robot. */
export interface RunKey {
  spaceId: string;
  /** Null: whichever robot's it is. */
  robotId: string | null;
  runId: string;
}

/** The run `r` of a key, which is there for readers; its values are the statement's first three. */
export const isKeyed = `
  r.space_id = $1 AND r.id = $2 AND ($3::uuid IS NULL OR r.robot_id = $3) AND r.removed_at IS NULL`;

export function valuesOf({ spaceId, runId, robotId }: RunKey): [string, string, string | null] {
  return [spaceId, runId, robotId];
}

import { heldUntil } from './held-runs';

/** Tasks of a space that wait, counted no further than to its limit; without those of runs that are held. */
export const queuedOf = (space: string): string => `
  (SELECT count(*)::int FROM (SELECT FROM tasks t
     WHERE t.space_id = ${space}.id AND t.status = 'queued' AND t.dispatched_at IS NULL AND t.not_before IS NULL
     LIMIT ${space}.max_queued) w)
  + (SELECT count(*)::int FROM tasks t
     WHERE t.space_id = ${space}.id AND t.status = 'queued' AND t.dispatched_at IS NULL
       AND t.not_before < ${heldUntil})
  + (SELECT count(*)::int FROM tasks t
     WHERE t.space_id = ${space}.id AND t.status = 'queued' AND t.dispatched_at IS NOT NULL)`;

/** The version that a start asks for, as its robot is now. */
export const versionWanted = (given: string, robot: string): string => `
  CASE ${given}.stage WHEN 'draft' THEN ${robot}.latest_version WHEN 'published' THEN ${robot}.published_version
    ELSE ${given}."robotVersion" END`;

import { closedObject } from '@runnel/contracts';
import { robotListQuery } from '../query';

const { limit, cursor } = robotListQuery.shape;

/** Maxun's clients know no pages of robots: who does not ask for fewer is given many. */
export const robotsQuery = closedObject({ limit: limit.unwrap().default(500), cursor });

export const runsQuery = closedObject({ limit, cursor });

import type { Space } from '@runnel/contracts';
import { slugOf } from '@runnel/store';
import { z } from 'zod';
import { asToken } from '../../id-forms';
import { momentOf } from './moment-of';
import { organization, organizationSchema } from './organization';

export const spaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  token: z.string().meta({ description: 'Names the space in paths', example: 'SA2W8R6NZRK6C9PO3JSL1J85' }),
  description: z.string(),
  logo: z.null(),
  privacy_type: z.literal('private'),
  space_type: z.literal('general'),
  content_type: z.literal('scrape'),
  organization: organizationSchema.pick({ name: true, domain_handle: true }),
  agent_handle: z.string().nullable().meta({ description: 'The newest agent' }),
  created_at: z.string().meta({ description: 'UTC', example: '2026-02-07T05:57:45' }),
  created: z.string(),
  modified: z.string(),
});

export const oneSpaceSchema = spaceSchema.extend({
  agents: z
    .array(z.object({ name: z.string(), handle: z.string(), type: z.literal('scrape') }))
    .meta({ description: 'The newest hundred' }),
});

/** `newest`: the newest agent of the space. */
export function presentSpace(
  space: Space,
  newest: { handle: string } | undefined,
): z.infer<typeof spaceSchema> {
  const { name, domain_handle } = organization;
  const [token, created] = [asToken(space.id), momentOf(space.createdAt)];
  return {
    id: token,
    name: space.name,
    slug: slugOf(space.name),
    token,
    description: '',
    logo: null,
    privacy_type: 'private',
    space_type: 'general',
    content_type: 'scrape',
    organization: { name, domain_handle },
    agent_handle: newest?.handle ?? null,
    created_at: created,
    created,
    modified: created,
  };
}

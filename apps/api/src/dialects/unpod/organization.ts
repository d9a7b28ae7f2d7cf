import type { Request } from 'express';
import { z } from 'zod';
import { HttpProblem } from '../../http-problem';

export const organizationSchema = z.object({
  name: z.string(),
  token: z.string(),
  domain: z.string(),
  domain_handle: z.string().meta({ description: 'What the header `Org-Handle` says' }),
  is_private_domain: z.boolean(),
  role: z.string(),
});

/** The one there is: this installation. */
export const organization: z.infer<typeof organizationSchema> = {
  name: 'Runnel',
  token: 'RUNNEL000000000000000000',
  domain: 'runnel',
  domain_handle: 'runnel',
  is_private_domain: true,
  role: 'owner',
};

export const organizationHeader = {
  'Org-Handle': `The organization: \`${organization.domain_handle}\`, as \`organizations/\` tells`,
};

/** @throws HttpProblem when the request does not name this installation. */
export function checkOrganization({ request }: { request: Request }): void {
  const handle = request.get('org-handle');
  if (handle === organization.domain_handle) return;
  if (handle) throw new HttpProblem('NOT_FOUND', `Organization "${handle}" not found`);
  const message = `Org-Handle header is required: send Org-Handle: ${organization.domain_handle}`;
  throw new HttpProblem('INVALID_INPUT', message);
}

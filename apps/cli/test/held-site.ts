import type { ServerResponse } from 'node:http';
import { page, serveSite, type Site } from '@runnel/testing';

export interface HeldSite extends Site {
  /** How many wait for their page. */
  held(): number;
  /** Answers all who wait, and from now on everybody at once. */
  release(): void;
  /** Lets everybody wait again. */
  hold(): void;
}

/** A site whose one page comes when the test lets it. */
export async function serveHeldSite(): Promise<HeldSite> {
  const waiting = new Set<ServerResponse>();
  let isHeld = true;
  const answer = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(page('<h1>At last</h1>'));
  };
  const site = await serveSite({
    '/': (_request, response) => {
      if (!isHeld) return answer(response);
      waiting.add(response);
      response.on('close', () => waiting.delete(response));
    },
  });
  return {
    ...site,
    held: () => waiting.size,
    release: () => {
      isHeld = false;
      waiting.forEach(answer);
    },
    hold: () => {
      isHeld = true;
    },
  };
}

import { createServer, type Server } from 'node:http';

/** Answers GET /health for processes that serve nothing else: 200 while `isHealthy`, else 503. */
export async function serveHealth(
  port: number,
  isHealthy: () => boolean | Promise<boolean>,
): Promise<Server> {
  const server = createServer((_request, response) => {
    void Promise.resolve(isHealthy()).then((healthy) => {
      response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: healthy ? 'ok' : 'unhealthy' }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '0.0.0.0', resolve);
  });
  return server;
}

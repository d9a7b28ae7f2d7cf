import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';

/** The rival of the `start` benchmark: the least that an Express handler with a database can be. */
async function serve(connectionString: string): Promise<void> {
  const pool = new Pool({ connectionString, max: 20 });
  await pool.query(
    'CREATE TABLE bench_items (id uuid PRIMARY KEY, data json NOT NULL, created_at timestamptz DEFAULT now())',
  );
  const app = express();
  app.use(express.json());
  app.post('/items', async (request, response) => {
    const { rows } = await pool.query<object>(
      'INSERT INTO bench_items (id, data) VALUES ($1, $2) RETURNING *',
      [randomUUID(), request.body],
    );
    response.json(rows[0]);
  });
  app.get('/items/:id', async (request, response) => {
    const { rows } = await pool.query<object>('SELECT * FROM bench_items WHERE id = $1', [request.params.id]);
    response.json(rows[0]);
  });
  const server = app.listen(0, '127.0.0.1', () =>
    process.send?.({ port: (server.address() as AddressInfo).port }),
  );
  process.on('disconnect', () => process.exit());
}

void serve(process.argv[2] ?? '');

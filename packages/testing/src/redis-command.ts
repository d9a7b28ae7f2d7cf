import { connect } from 'node:net';

const patienceMs = 5_000;

/** Sends one line to a Redis and gives the first line of its answer: `+OK`, `:3`, `*12`. */
export async function redisCommand(url: string, line: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(`${line}\r\n`));
    socket.setTimeout(patienceMs, () => socket.destroy(new Error(`Redis did not answer ${line}`)));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (!answer.includes('\r\n')) return;
      socket.destroy();
      resolve(answer.slice(0, answer.indexOf('\r\n')));
    });
    socket.once('error', reject);
    socket.once('end', () => reject(new Error(`Redis hung up on ${line}`)));
  });
}

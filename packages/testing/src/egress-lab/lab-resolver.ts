import { createSocket, type Socket } from 'node:dgram';
import type { LabAnswer, LabNames } from './lab-names';

/** The DNS server of the lab's network: whoever asks it does not ask the guard. */
export class LabResolver {
  /** Every name that was asked for. */
  readonly asked = new Set<string>();
  #names: LabNames | null = null;

  private constructor(private readonly socket: Socket) {
    socket.on('message', (query, { port, address }) => {
      void this.#answer(query).then((answer) => socket.send(answer, port, address));
    });
  }

  static async start(): Promise<LabResolver> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(53, '127.0.0.1', resolve);
    });
    return new LabResolver(socket);
  }

  /** Answers by these from now on. */
  use(names: LabNames): void {
    this.#names = names;
    this.asked.clear();
  }

  close(): void {
    this.socket.close();
  }

  async #answer(query: Buffer): Promise<Buffer> {
    const { name, end } = nameIn(query);
    const type = query.readUInt16BE(end);
    const family = type === 1 ? 4 : type === 28 ? 6 : 0;
    this.asked.add(name);
    // One who asks for both kinds of address asks once.
    const isFour = name.startsWith('rebind-');
    const found = isFour && family === 6 ? [] : await this.#names?.lookup(name).catch(() => null);
    const records = (found ?? []).filter((answer) => answer.family === family).map(recordOf);
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(found ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, query.subarray(12, end + 4), ...records]);
  }
}

function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += length + 1;
  }
  return { name: labels.join('.'), end: at + 1 };
}

/** A record about the name that was asked for, which nobody may keep. */
function recordOf({ address, family }: LabAnswer): Buffer {
  const bytes = family === 4 ? Buffer.from(address.split('.').map(Number)) : bytesOf(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(family === 4 ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}

function bytesOf(address: string): Buffer {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = '', right = ''] = plain.split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const missing = 8 - groups(left).length - groups(right).length;
  const all = [
    ...groups(left),
    ...Array<string>(plain.includes('::') ? missing : 0).fill('0'),
    ...groups(right),
  ];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

import { concurrencyFor } from './container-limits';
import { readSettings, SettingsError } from './settings';

describe('settings', () => {
  test('have defaults, and empty is unset', () => {
    expect(readSettings({ PORT: '', REDIS_URL: '' })).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      DATABASE_URL: null,
      REDIS_URL: null,
      WORKER_CONCURRENCY: null,
    });
  });

  test('are all checked at once, and no address or key is shown', () => {
    const wrong = {
      PORT: '99999',
      REDIS_URL: 'http://user:pass@host',
      WORKER_CONCURRENCY: 'many',
      RUNNEL_API_KEY: 'short',
    };
    const read = () => readSettings(wrong);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/PORT "99999" must be from 0 to 65535/);
    expect(read).toThrow(/REDIS_URL must be an address that begins with redis:/);
    expect(read).toThrow(/WORKER_CONCURRENCY "many" must be a whole number/);
    expect(read).toThrow(/RUNNEL_API_KEY must have at least 16 characters/);
    expect(read).not.toThrow(/pass@host|"short"/);
  });
});

describe('the concurrency of a worker', () => {
  const gigabyte = 1024 ** 3;
  test.each([
    [2, 24, 4],
    [0.5, 1, 1],
    [8, 2, 5],
    [1, 0.25, 1],
  ])('on %d cores and %d GiB is %d', (cores, gigabytes, expected) => {
    expect(concurrencyFor({ cores, memoryBytes: gigabytes * gigabyte })).toBe(expected);
  });
});

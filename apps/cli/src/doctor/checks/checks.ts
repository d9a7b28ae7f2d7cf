import type { Finding } from '../finding';
import type { Installation } from '../installation';
import { address } from './address';
import { advisories } from './advisories';
import { browser } from './browser';
import { egress } from './egress';
import { apiKeySetting } from './api-key-setting';
import { ledger } from './ledger';
import { nodeVersion } from './node-version';
import { ports } from './ports';
import { queue } from './queue';
import { sealingKeys } from './sealing-keys';

type Check = (installation: Installation) => Finding | Finding[] | Promise<Finding | Finding[]>;

/** What is looked at, by what it is about. */
export const checks: Record<string, Check> = {
  node: nodeVersion,
  packages: advisories,
  database: ledger,
  queue,
  'first key': apiKeySetting,
  secrets: sealingKeys,
  address,
  ports,
  browser,
  egress,
};

import { apiGuards } from './api-guards';
import { egressGuards } from './egress-guards';
import type { Guard } from './guard';
import { keyGuards } from './key-guards';
import { ledgerGuards } from './ledger-guards';
import { loginGuards } from './login-guards';
import { scheduleGuards } from './schedule-guards';
import { secretGuards } from './secret-guards';

/** Each can be taken out of a copy of the sources, and a suite fails without it. */
export const guards: Guard[] = [
  ...ledgerGuards,
  ...apiGuards,
  ...scheduleGuards,
  ...secretGuards,
  ...keyGuards,
  ...egressGuards,
  ...loginGuards,
];

import { apiGuards } from './api-guards';
import type { Guard } from './guard';
import { ledgerGuards } from './ledger-guards';
import { scheduleGuards } from './schedule-guards';

/** Each can be taken out of a copy of the sources, and a suite fails without it. */
export const guards: Guard[] = [...ledgerGuards, ...apiGuards, ...scheduleGuards];

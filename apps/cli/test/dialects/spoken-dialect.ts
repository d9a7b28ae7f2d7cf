import type { Answer } from '@runnel/testing';
import type { Body } from '../test-fleet';
import type { Ask, DialectWorld, KnownRobot, KnownSpace, Visitor } from './dialect-world';

/** What requests name, in the words of a dialect. */
export interface Names {
  space: string;
  robot: string;
  run: string;
  /** Of the robot, where the dialect has them. */
  schedule?: string;
}

/** A request, and the status of what it names not being there. */
export type NamingAsk = Ask & { absent: number };

export type Ending = 'succeeded' | 'failed' | 'aborted';

/** One who plays the story in a dialect. */
export interface Player {
  world: DialectWorld;
  visitor: Visitor;
  space: KnownSpace;
}

type AboutRun<Told> = (player: Player, robot: KnownRobot, runId: string) => Promise<Told>;

/** How a dialect tells the story that all tell. */
export interface SpokenDialect {
  name: string;
  /** How its clients show a key. */
  keyHeaders: (key: string) => Record<string, string>;
  /** Makes a robot of its own that reads the site's first page; by Maxun's route where there is none. */
  create: (player: Player, name: string) => Promise<KnownRobot>;
  /** Starts a run, and gives its id as a UUID. */
  start: (player: Player, robot: KnownRobot) => Promise<string>;
  /** A run's state in the dialect's word. */
  stateOf: AboutRun<string>;
  words: Record<Ending | 'running', string>;
  /** What a run gave, as far as the dialect shows it, beside what it should be. */
  results: AboutRun<{ shown: unknown; expected: unknown }>;
  /** The names of the robots that it lists. */
  robots: (player: Player) => Promise<string[]>;
  /** All runs of a robot, two by two: what was seen, beside what there is. In Runtype, which lists none: records. */
  walk: (player: Player, robot: KnownRobot, runIds: string[]) => Promise<{ seen: string[]; there: string[] }>;
  /** Why a run failed, where the dialect says it. */
  reason?: AboutRun<string>;
  /** Its own way to abort, or Maxun's. */
  abort: AboutRun<Answer<Body>>;
  names: (space: KnownSpace, robot: KnownRobot, runId: string) => Names;
  /** Every request that names something. */
  asks: (names: Names) => NamingAsk[];
  /** Words that are no ids of it. */
  malformed: { [Name in keyof Names]?: string[] };
  /** A start that is wrong in one place, and its status. */
  wrongStart: (names: Names) => { ask: Ask; status: number; field: string };
  /** The shape of a refusal. */
  refusal: (status: number) => Record<string, unknown>;
}

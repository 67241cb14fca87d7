import assert from 'node:assert/strict';
import { makeTestKey } from '../make-test-key.ts';
import { createLeakSearch, type LeakSearch } from './leak-search.ts';

/** What nothing may show: the keys that a case stored, and the credentials of its store. */
export interface PlantedSecrets {
  plant(secret: string): void;
  readonly findPlaces: LeakSearch;
  /** Fails when the value gives one away. `what` names the value in the message. */
  readonly staysHidden: (value: unknown, what: string) => void;
}

/** @param credentials read anew each time, because a store makes new ones at each login */
export function createPlantedSecrets(credentials: () => readonly string[]): PlantedSecrets {
  // Never empty, so that a search always means something.
  const planted: string[] = [makeTestKey()];
  const searches = new Map<string, LeakSearch>();

  function findPlaces(value: unknown): readonly string[] {
    const secrets = [...planted, ...credentials()];
    const id = secrets.join(' ');
    const search = searches.get(id) ?? createLeakSearch(secrets);
    searches.set(id, search);
    return search(value);
  }

  return {
    plant: (secret) => void planted.push(secret),
    findPlaces,
    staysHidden(value, what) {
      const places = findPlaces(value);
      assert.ok(places.length === 0, `${what} gives a secret away: ${places.slice(0, 5).join(', ')}`);
    },
  };
}

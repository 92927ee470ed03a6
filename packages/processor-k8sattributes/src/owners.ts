import { objectsAt, textAt, type JsonObject } from './json.js';

/** What an object belongs to. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export function ownersOf(object: JsonObject): readonly Owner[] {
  return objectsAt(object, 'metadata', 'ownerReferences').map((reference) => ({
    kind: textAt(reference, 'kind'),
    name: textAt(reference, 'name'),
    uid: textAt(reference, 'uid'),
  }));
}

/** A deployment names its ReplicaSets after itself, with a hash behind. */
export function deploymentOfReplicaSet(name: string): string | undefined {
  return /^(.+)-[0-9a-zA-Z]+$/.exec(name)?.[1];
}

/** A CronJob names its jobs after itself, with the time behind. */
export function cronJobOfJob(name: string): string | undefined {
  return /^(.+)-\d+$/.exec(name)?.[1];
}

import type { Attributes } from '@tributary/pdata';
import { isIP } from 'node:net';
import type { Completed, Source } from './config.js';
import type { Pod } from './pod.js';

/** What tells a pod from others, by one association. */
export type PodKey = string;

/** What a resource says of its pod. */
export interface Said {
  readonly key: PodKey;
  /** Of the sender, where that is what tells. */
  readonly senderAddress: string | undefined;
}

export interface Associations {
  /** All keys of a pod, by which it may be looked up. */
  keysOf(pod: Pod): readonly PodKey[];
  /** Undefined where a resource says nothing of its pod. `senderAddress` is empty where it is not known. */
  said(attributes: Attributes, senderAddress: string): Said | undefined;
}

interface Association {
  readonly sources: readonly Source[];
  /** Those of one space have the same values of a pod. */
  readonly space: number;
}

const byAttribute = (name: string): Source => ({ from: 'resource_attribute', name });
const bySender: Source = { from: 'connection', name: '' };
const addressNames = new Set(['k8s.pod.ip', 'ip', 'host.name']);

/** All of them go by the address. */
const usual: readonly Association[] = [
  byAttribute('k8s.pod.ip'),
  byAttribute('ip'),
  bySender,
  byAttribute('host.name'),
].map((source) => ({ sources: [source], space: 0 }));

export function associationsOf({ pod_association: configured }: Completed): Associations {
  const isUsual = configured.length === 0;
  const all = isUsual ? usual : configured.map(({ sources }, space) => ({ sources, space }));
  const bySpace = new Map(all.map((association) => [association.space, association]));

  function valueOf(source: Source, attributes: Attributes, senderAddress: string): string {
    if (source.from === 'connection') return senderAddress;
    const value = attributes.get(source.name);
    if (typeof value !== 'string') return '';
    // Hosts have other names, too.
    return isUsual && source.name === 'host.name' && isIP(value) === 0 ? '' : value;
  }

  return {
    keysOf(pod) {
      const keys: PodKey[] = [];
      for (const { sources, space } of bySpace.values()) {
        const values = sources.map((source) => ofPod(source, pod));
        if (!values.includes('')) keys.push(keyOf(space, values));
      }
      return keys;
    },
    said(attributes, senderAddress) {
      for (const { sources, space } of all) {
        const values = sources.map((source) => valueOf(source, attributes, senderAddress));
        if (values.includes('')) continue;
        const isBySender = sources.some(({ from }) => from === 'connection');
        return { key: keyOf(space, values), senderAddress: isBySender ? senderAddress : undefined };
      }
      return undefined;
    },
  };
}

/** Empty where it has none. */
function ofPod({ from, name }: Source, pod: Pod): string {
  if (from === 'connection' || addressNames.has(name)) return pod.isHostNetwork ? '' : pod.address;
  switch (name) {
    case 'k8s.namespace.name':
      return pod.namespace;
    case 'k8s.pod.name':
      return pod.name;
    case 'k8s.pod.uid':
      return pod.uid;
    default:
      return pod.attributes.get(name) ?? '';
  }
}

const keyOf = (space: number, values: readonly string[]): PodKey => `${space}\0${values.join('\0')}`;

import type { K8sAttributesConfig } from '@tributary/processor-k8sattributes';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../packages/transport/test/certificates.js';
import { pod, pods, worlds, type PodPlan } from './support.js';

const world = worlds();
const name = { 'k8s.pod.name': 'shop-0' };
const asked: K8sAttributesConfig = { wait_for_metadata: true, extract: { metadata: ['k8s.pod.name'] } };

type Source = NonNullable<K8sAttributesConfig['pod_association']>[number]['sources'][number];
const by = (...names: readonly string[]): { sources: Source[] } => ({
  sources: names.map((of) =>
    of === 'connection' ? { from: 'connection' } : { from: 'resource_attribute', name: of },
  ),
});

async function told(
  config: K8sAttributesConfig,
  said: Readonly<Record<string, string>>,
  { address, ...plan }: PodPlan & { readonly address?: string } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const here = await world({ ...asked, ...config }, { [pods]: [pod({ name: 'shop-0', ...plan })] });
  await here.start();
  return here.told(said, address);
}

describe.skipIf(!hasOpenssl)('where nothing is configured, a pod is found', () => {
  it.each([
    ['by k8s.pod.ip', { 'k8s.pod.ip': '10.1.0.7' }],
    ['by ip', { ip: '10.1.0.7' }],
    ['by host.name, if it is an address', { 'host.name': '10.1.0.7' }],
  ])('%s', async (_, said) => {
    expect(await told({}, said)).toEqual({ ...said, ...name });
  });

  it('by the address of the sender, which is noted, known or not', async () => {
    expect(await told({}, {}, { address: '10.1.0.7:40000' })).toEqual({ 'k8s.pod.ip': '10.1.0.7', ...name });
    expect(await told({}, {}, { address: '[fd00::7]:40000', ip: 'fd00::7' })).toEqual({
      'k8s.pod.ip': 'fd00::7',
      ...name,
    });
    expect(await told({}, {}, { address: '10.9.9.9:1' })).toEqual({ 'k8s.pod.ip': '10.9.9.9' });
  });

  it('by none of these where they are another, or no address', async () => {
    for (const said of [
      { 'k8s.pod.ip': '10.1.0.8' },
      { 'host.name': 'shop-0' },
      { 'k8s.pod.uid': 'uid of shop-0' },
    ]) {
      expect(await told({}, said)).toEqual(said);
    }
    expect(await told({}, {}, { address: 'unix' })).toEqual({});
  });

  it('by no address that is its node’s as well', async () => {
    const said = { 'k8s.pod.ip': '10.1.0.7' };
    expect(await told({}, said, { spec: { hostNetwork: true } })).toEqual(said);
  });
});

describe.skipIf(!hasOpenssl)('associations', () => {
  it.each([
    [by('k8s.pod.uid'), { 'k8s.pod.uid': 'uid of shop-0' }],
    [by('k8s.namespace.name', 'k8s.pod.name'), { 'k8s.namespace.name': 'shop', ...name }],
    [by('tenant'), { tenant: 'a' }],
    [by('host.name'), { 'host.name': '10.1.0.7' }],
  ])('find a pod by %j', async (association, said) => {
    const config: K8sAttributesConfig = {
      pod_association: [association],
      extract: {
        metadata: ['k8s.pod.name', 'k8s.node.name'],
        labels: [{ key: 'tenant', tag_name: 'tenant' }],
      },
    };
    expect(await told(config, said, { labels: { tenant: 'a' } })).toEqual({
      ...said,
      ...name,
      tenant: 'a',
      'k8s.node.name': 'node-1',
    });
  });

  it('find none where one source is missing or another', async () => {
    const pod_association = [by('k8s.namespace.name', 'k8s.pod.uid')];
    for (const said of [
      { 'k8s.pod.uid': 'uid of shop-0' },
      { 'k8s.namespace.name': 'other', 'k8s.pod.uid': 'uid of shop-0' },
    ]) {
      expect(await told({ pod_association }, said)).toEqual(said);
    }
  });

  it('go by the first that a resource says all of', async () => {
    const pod_association = [by('k8s.pod.uid'), by('k8s.pod.ip')];
    const said = { 'k8s.pod.ip': '10.1.0.7' };
    expect(await told({ pod_association }, said)).toEqual({ ...said, ...name });
    const wrong = { ...said, 'k8s.pod.uid': 'nobody' };
    expect(await told({ pod_association }, wrong)).toEqual(wrong);
  });

  it('with passthrough note the address of the sender and ask no cluster', async () => {
    const here = await world({ passthrough: true });
    await here.start();
    expect(await here.told({}, '10.1.0.7:1')).toEqual({ 'k8s.pod.ip': '10.1.0.7' });
    expect(await here.told({ 'k8s.pod.ip': '10.1.0.8' }, '10.1.0.7:1')).toEqual({ 'k8s.pod.ip': '10.1.0.8' });
    expect(here.server.requests).toEqual([]);
  });
});

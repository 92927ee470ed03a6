import type { ComponentEntry } from '@tributary/config';

/**
 * All components, each imported when a configuration names it.
 *
 * Plain objects, since what makes them lazy elsewhere would load the loader: `--version` needs none of it.
 */
export const components: readonly ComponentEntry[] = [
  {
    kind: 'receiver',
    type: 'otlp',
    load: async () => (await import('@tributary/receiver-otlp')).otlpReceiver,
  },
  {
    kind: 'receiver',
    type: 'file_log',
    aliases: ['filelog'],
    load: async () => (await import('@tributary/receiver-filelog')).fileLogReceiver,
  },
  {
    kind: 'receiver',
    type: 'host_metrics',
    aliases: ['hostmetrics'],
    load: async () => (await import('@tributary/receiver-hostmetrics')).hostMetricsReceiver,
  },
  { kind: 'processor', type: 'batch', load: async () => (await import('@tributary/processor-batch')).batch },
  {
    kind: 'processor',
    type: 'k8s_attributes',
    aliases: ['k8sattributes'],
    load: async () => (await import('@tributary/processor-k8sattributes')).k8sAttributes,
  },
  {
    kind: 'processor',
    type: 'memory_limiter',
    load: async () => (await import('@tributary/processor-memorylimiter')).memoryLimiter,
  },
  {
    kind: 'processor',
    type: 'probabilistic_sampler',
    load: async () => (await import('@tributary/processor-probabilisticsampler')).probabilisticSampler,
  },
  {
    kind: 'processor',
    type: 'resource_detection',
    aliases: ['resourcedetection'],
    load: async () => (await import('@tributary/processor-resourcedetection')).resourceDetection,
  },
  {
    kind: 'processor',
    type: 'tail_sampling',
    load: async () => (await import('@tributary/processor-tailsampling')).tailSampling,
  },
  {
    kind: 'exporter',
    type: 'debug',
    load: async () => (await import('@tributary/exporter-debug')).debugExporter,
  },
  {
    kind: 'exporter',
    type: 'file',
    load: async () => (await import('@tributary/exporter-file')).fileExporter,
  },
  {
    kind: 'exporter',
    type: 'load_balancing',
    aliases: ['loadbalancing'],
    load: async () => (await import('@tributary/exporter-loadbalancing')).loadBalancingExporter,
  },
  { kind: 'exporter', type: 'nop', load: async () => (await import('@tributary/exporter-nop')).nopExporter },
  {
    kind: 'exporter',
    type: 'otlp_grpc',
    aliases: ['otlp'],
    load: async () => (await import('@tributary/exporter-otlp')).otlpExporter,
  },
  {
    kind: 'exporter',
    type: 'otlp_http',
    aliases: ['otlphttp'],
    load: async () => (await import('@tributary/exporter-otlphttp')).otlpHttpExporter,
  },
  {
    kind: 'connector',
    type: 'forward',
    load: async () => (await import('@tributary/connector-forward')).forward,
  },
  {
    kind: 'extension',
    type: 'file_storage',
    load: async () => (await import('@tributary/extension-filestorage')).fileStorage,
  },
  {
    kind: 'extension',
    type: 'health_check',
    load: async () => (await import('@tributary/extension-healthcheck')).healthCheck,
  },
];

import { forward } from '@tributary/connector-forward';
import { debugExporter } from '@tributary/exporter-debug';
import { loadBalancingExporter } from '@tributary/exporter-loadbalancing';
import { nopExporter } from '@tributary/exporter-nop';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { fileStorage } from '@tributary/extension-filestorage';
import { healthCheck } from '@tributary/extension-healthcheck';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { resourceDetection } from '@tributary/processor-resourcedetection';
import { tailSampling } from '@tributary/processor-tailsampling';
import { hostMetricsReceiver } from '@tributary/receiver-hostmetrics';
import { otlpReceiver } from '@tributary/receiver-otlp';
import type { ComponentEntry } from '@tributary/config';

/** Components as a program of its own has them. */
export const components: readonly ComponentEntry[] = [
  otlpReceiver,
  hostMetricsReceiver,
  batch,
  memoryLimiter,
  resourceDetection,
  tailSampling,
  debugExporter,
  loadBalancingExporter,
  nopExporter,
  otlpExporter,
  otlpHttpExporter,
  forward,
  fileStorage,
  healthCheck,
];

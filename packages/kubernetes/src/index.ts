export { createApiClient, type ApiClient, type ApiClientOptions } from './api-client.js';
export { KubernetesError, type KubernetesErrorCode } from './errors.js';
export { inClusterAccess, type ClusterAccess, type InClusterOptions } from './in-cluster.js';
export { watchObjects, type Watch, type WatchOptions } from './watch.js';

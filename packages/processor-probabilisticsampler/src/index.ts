export { probabilisticSampler } from './probabilistic-sampler.js';
export type { ProbabilisticSamplerConfig } from './config.js';

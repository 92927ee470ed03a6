export { tailSampling } from './tail-sampling.js';
export type { TailSamplingConfig } from './config.js';
export type { PolicyConfig, SubPolicyConfig } from './policies/config.js';
export type { ShadowAnswer } from './shadow.js';
export type { WhyAnswer, WhyDecision } from './why/answer.js';
export type { WhyListing } from './why/listing.js';
export { why } from './why/ask.js';

export * from './http.js';
export * from './tls.js';
export * from './unary.js';

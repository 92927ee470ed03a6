export { components } from './components.js';

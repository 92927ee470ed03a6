// Names.
export { labelName, labelsOf, metricName, type MetricNaming, type MetricType } from './names.js';

// The text format.
export {
  textContentType,
  writeText,
  type HistogramSample,
  type Labels,
  type MetricFamily,
  type Sample,
} from './text.js';
export { formatNumber } from './number.js';

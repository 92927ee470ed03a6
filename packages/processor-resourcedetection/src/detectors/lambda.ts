import { absent, found, textOf, type Detect } from '../detector.js';

/** A function of Amazon, by the variables that its runtime sets. */
export const detectLambda: Detect = async ({ surroundings: { env } }) => {
  const name = textOf(env['AWS_LAMBDA_FUNCTION_NAME']);
  if (name === undefined) return absent('AWS_LAMBDA_FUNCTION_NAME is not set');
  const group = env['AWS_LAMBDA_LOG_GROUP_NAME'];
  const stream = env['AWS_LAMBDA_LOG_STREAM_NAME'];
  return found({
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': env['AWS_REGION'],
    'faas.name': name,
    'faas.version': env['AWS_LAMBDA_FUNCTION_VERSION'],
    'faas.instance': stream,
    // Text in MB, as the Collector has it; the semantic conventions say bytes.
    'faas.max_memory': env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    'aws.log.group.names': group === undefined ? undefined : [group],
    'aws.log.stream.names': stream === undefined ? undefined : [stream],
  });
};

export {
  runCli,
  type CliCommand,
  type CliOptions,
  type CliOutput,
  type CliStreams,
  type KeyDoc,
  type KeyDocs,
} from './cli.js';

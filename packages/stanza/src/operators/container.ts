import type { ByteSize } from '../byte-size.js';
import { layOver, type Entry } from '../entry.js';
import { parseField, type Field } from '../field.js';
import { parseRfc3339 } from '../time/parse.js';
import { there } from './blocks.js';
import type { CommonConfig, CommonSettings, Operator, OperatorsRuntime, Pass } from './operator.js';
import { createRecombine } from './recombine.js';

/** Reads what container runtimes write, joins lines that they have cut, and says whose they are. */
export interface ContainerConfig extends CommonConfig {
  readonly type: 'container';
  /** `'docker'`, `'crio'` or `'containerd'`. Default `''`: found for each line. */
  readonly format?: '' | 'docker' | 'crio' | 'containerd' | undefined;
  /** Sets `k8s.*` on the resource by the path of the file; needs `include_file_path`. Default `true`. */
  readonly add_metadata_from_filepath?: boolean | undefined;
  /** Of a joined line; 0 is no limit. Default `0`. */
  readonly max_log_size?: ByteSize | undefined;
  /** The field that is read. Default `'body'`. */
  readonly parse_from?: string | undefined;
  /** Where else than to the attributes `log.iostream` and `logtag` go. Default `'attributes'`. */
  readonly parse_to?: string | undefined;
}

export interface ContainerSettings extends CommonSettings {
  readonly type: 'container';
  readonly format: '' | 'docker' | 'crio' | 'containerd';
  readonly add_metadata_from_filepath: boolean;
  readonly max_log_size: number;
  readonly parse_from: Field;
  readonly parse_to: Field;
}

/** What CRI puts before the text of a line. */
interface CriHead {
  readonly time: string;
  readonly stream: string;
  readonly tag: string;
  /** Where the text begins. */
  readonly textAt: number;
}

/** `…/<namespace>_<pod>_<uid>/<container>/<restart>.log`, and the time of a rotation perhaps. */
const podPath =
  /^.*(?:\/|\\)([^_/\\]+)_([^_/\\]+)_([a-fA-F0-9-]+)(?:\/|\\)([^._/\\]+)(?:\/|\\)(\d+)\.log(?:\.\d{8}-\d{6})?$/;
/** Paths whose pods are remembered. */
const maxPaths = 10_000;
const path = parseField('attributes["log.file.path"]');
const body = parseField('body');

/** `pass` is where joined lines go. */
export function createContainer(
  settings: ContainerSettings,
  runtime: OperatorsRuntime,
  pass: Pass,
): Operator {
  const { format, add_metadata_from_filepath: addsMetadata, parse_from: from, parse_to: to } = settings;
  const pods = new Map<string, Readonly<Record<string, string>>>();
  /** Of the line that is being read. */
  const current = { stream: '', isCut: false };

  const recombine = createRecombine(
    runtime,
    {
      isFirst: undefined,
      isLast: () => !current.isCut,
      combineField: body,
      combineWith: '',
      maxBatchSize: Infinity,
      maxUnmatchedBatchSize: Infinity,
      maxSources: 1_000,
      keeps: 'oldest',
      forceFlushMs: 5_000,
      // What one stream has begun must not be ended by the other.
      sourceOf: (entry) => `${pathOf(entry) ?? ''}\n${current.stream}`,
      maxLogSize: settings.max_log_size,
    },
    pass,
  );

  function setMetadata(entry: Entry): void {
    if (!addsMetadata) return;
    const file = pathOf(entry);
    if (file === undefined) return;
    let pod = pods.get(file);
    if (pod === undefined) {
      pod = podOf(file);
      if (pods.size >= maxPaths) pods.clear();
      pods.set(file, pod);
    }
    // A copy of an object like it is quicker than to set its keys.
    entry.resource = Object.keys(entry.resource).length === 0 ? { ...pod } : { ...entry.resource, ...pod };
  }

  return {
    held: recombine.held!,
    process(entry, next) {
      const line = there(from, entry);
      if (typeof line !== 'string') throw new Error('a line of a container must be text');
      const isDocker = format === 'docker' || (format === '' && line.startsWith('{'));
      if (isDocker) {
        parseDocker(entry, line, to);
        setMetadata(entry);
        return next(entry);
      }
      const head = criHeadOf(line);
      if (head === undefined)
        throw new Error(
          `regex pattern does not match ${format === '' ? 'any format of containers' : format}`,
        );
      const time = parseRfc3339(head.time);
      if (time === undefined) throw new Error(`${JSON.stringify(head.time)} is no time`);
      entry.timestamp = time;
      entry.body = line.slice(head.textAt);
      if (to.isRoot && to.name === 'attributes') {
        entry.attributes['log.iostream'] = head.stream;
        entry.attributes['logtag'] = head.tag;
      } else to.set(entry, { 'log.iostream': head.stream, logtag: head.tag });
      setMetadata(entry);
      // A whole line behind none that was cut: most are.
      current.isCut = head.tag === 'P';
      current.stream = head.stream;
      if (!current.isCut && recombine.held!.entries === 0) return next(entry);
      recombine.process(entry, pass);
    },
    flush: () => recombine.flush!(),
    close: () => recombine.close!(),
  };
}

/** `<time> <stream> <tag> <text>`, read by hand: an expression costs ten times as much. */
function criHeadOf(line: string): CriHead | undefined {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  if (first < 0 || second < 0) return undefined;
  const third = line.indexOf(' ', second + 1);
  const end = third < 0 ? line.length : third;
  const stream = line.slice(first + 1, second);
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  const tag = line.slice(second + 1, end);
  // Several tags have colons between; the first says whether the line was cut.
  const [whole] = tag.split(':', 1);
  return {
    time: line.slice(0, first),
    stream,
    tag: tag === 'P' ? 'P' : whole!,
    textAt: Math.min(line.length, end + 1),
  };
}

function parseDocker(entry: Entry, line: string, to: Field): void {
  const { log, stream, time, ...rest } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  if (typeof log !== 'string') throw new Error('a line of docker needs a text in log');
  const timestamp = typeof time === 'string' ? parseRfc3339(time) : undefined;
  if (timestamp === undefined) throw new Error(`${JSON.stringify(time)} is no time`);
  entry.timestamp = timestamp;
  entry.body = log;
  const found = { ...(rest as object), ...(typeof stream === 'string' && { 'log.iostream': stream }) };
  if (to.isRoot && to.name === 'attributes') layOver(entry.attributes, found);
  else to.set(entry, found);
}

function pathOf(entry: Entry): string | undefined {
  const value = path.get(entry);
  return typeof value === 'string' ? value : undefined;
}

/** Whose file it is; nothing where the path does not tell. */
function podOf(file: string): Readonly<Record<string, string>> {
  const match = podPath.exec(file);
  if (match === null) return {};
  const [, namespace, pod, uid, container, restarts] = match;
  return {
    'k8s.namespace.name': namespace!,
    'k8s.pod.name': pod!,
    'k8s.pod.uid': uid!,
    'k8s.container.name': container!,
    'k8s.container.restart_count': restarts!,
  };
}

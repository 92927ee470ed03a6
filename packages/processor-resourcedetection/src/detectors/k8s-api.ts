import { found, isObject, textOf, type Detect } from '../detector.js';
import { nodeNameOf, readNode, withCluster } from './kubernetes-node.js';

/** The node that the pod runs on. */
export const detectK8sApi: Detect = async (place, signal) => {
  const name = nodeNameOf(place, place.config.k8s_api.node_from_env_var);
  const node = await withCluster(place, (client) => readNode(client, name, signal));
  const metadata = isObject(node['metadata']) ? node['metadata'] : {};
  const uid = textOf(metadata['uid']);
  if (uid === undefined) throw new Error(`the node ${name} has no uid`);
  return found({ 'k8s.node.name': textOf(metadata['name']) ?? name, 'k8s.node.uid': uid });
};

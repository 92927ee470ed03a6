// @tributary/processor-resourcedetection: what the package exports, written by scripts/api.mjs.
import { Duration, ProcessorFactory, Runtime, Signal } from '@tributary/component';
import { ApiClient } from '@tributary/kubernetes';
import { cpus, networkInterfaces } from 'node:os';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}
export type AttributeOf<D extends Switchable> = keyof (typeof attributesOf)[D];
export interface AttributeSwitch {
  readonly enabled?: boolean | undefined;
}
export interface AzureConfig {
  readonly tags?: readonly string[] | undefined;
  readonly resource_attributes?: ResourceAttributes<'azure'> | undefined;
}
export type DetectorName = 'env' | Switchable;
export type DetectorSpelling = DetectorName | 'k8snode';
export interface DockerConfig {
  readonly resource_attributes?: ResourceAttributes<'docker'> | undefined;
}
export interface Ec2Config {
  readonly tags?: readonly string[] | undefined;
  readonly tags_from_imds?: boolean | undefined;
  readonly max_attempts?: number | undefined;
  readonly max_backoff?: Duration | undefined;
  readonly fail_on_missing_metadata?: boolean | undefined;
  readonly resource_attributes?: ResourceAttributes<'ec2'> | undefined;
}
export interface EksConfig {
  readonly node_from_env_var?: string | undefined;
  readonly resource_attributes?: ResourceAttributes<'eks'> | undefined;
}
export interface Endpoints {
  readonly instance: string;
  readonly gcp: string;
  readonly gcpCompute: string;
  readonly docker: string;
}
export interface EnvConfig {
  readonly allow_list?: readonly string[] | undefined;
}
export interface GcpConfig {
  readonly labels?: readonly string[] | undefined;
  readonly resource_attributes?: ResourceAttributes<'gcp'> | undefined;
}
export interface HerokuConfig {
  readonly resource_attributes?: ResourceAttributes<'heroku'> | undefined;
}
export type HostnameSource = 'dns' | 'os' | 'cname' | 'lookup';
export interface K8sApiConfig {
  readonly auth_type?: 'serviceAccount' | undefined;
  readonly node_from_env_var?: string | undefined;
  readonly resource_attributes?: ResourceAttributes<'k8s_api'> | undefined;
}
export interface LambdaConfig {
  readonly resource_attributes?: ResourceAttributes<'lambda'> | undefined;
}
export interface ProcessConfig {
  readonly resource_attributes?: ResourceAttributes<'process'> | undefined;
}
export interface Question {
  readonly url: string;
  readonly socketPath?: string | undefined;
  readonly method?: 'GET' | 'PUT' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
export type ResourceAttributes<D extends Switchable> = {
  readonly [A in AttributeOf<D>]?: AttributeSwitch;
};
export interface ResourceDetectionConfig {
  readonly detectors?: readonly DetectorSpelling[] | undefined;
  readonly override?: boolean | undefined;
  readonly timeout?: Duration | undefined;
  readonly refresh_interval?: Duration | undefined;
  readonly fail_on_missing_metadata?: boolean | undefined;
  readonly retry?: RetryConfig | undefined;
  readonly env?: EnvConfig | undefined;
  readonly system?: SystemConfig | undefined;
  readonly process?: ProcessConfig | undefined;
  readonly docker?: DockerConfig | undefined;
  readonly ec2?: Ec2Config | undefined;
  readonly eks?: EksConfig | undefined;
  readonly lambda?: LambdaConfig | undefined;
  readonly gcp?: GcpConfig | undefined;
  readonly azure?: AzureConfig | undefined;
  readonly heroku?: HerokuConfig | undefined;
  readonly k8s_api?: K8sApiConfig | undefined;
}
export interface RetryConfig {
  readonly enabled?: boolean | undefined;
  readonly initial_interval?: Duration | undefined;
  readonly max_interval?: Duration | undefined;
  readonly max_elapsed_time?: Duration | undefined;
}
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  arch(): string;
  hostname(): string;
  release(): string;
  version(): string;
  networkInterfaces(): ReturnType<typeof networkInterfaces>;
  cpus(): ReturnType<typeof cpus>;
  run(program: string, args: readonly string[], signal: AbortSignal): Promise<string>;
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  kubernetes(runtime: Runtime): Promise<ApiClient>;
  readonly process: ThisProcess;
  readonly endpoints: Endpoints;
}
export type Switchable = keyof typeof attributesOf;
export interface SystemConfig {
  readonly hostname_sources?: readonly HostnameSource[] | undefined;
  readonly resource_attributes?: ResourceAttributes<'system'> | undefined;
}
export interface ThisProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly nodeVersion: string;
  readonly v8Version: string;
  owner(): string;
}
export declare function createResourceDetection(
  surroundings: Partial<Surroundings>,
): ProcessorFactory<ResourceDetectionConfig, Signal>;
export declare const resourceDetection: ProcessorFactory<ResourceDetectionConfig, Signal>;

// Not exported, but referred to above.
declare const attributesOf: {
  readonly system: {
    readonly 'host.name': true;
    readonly 'os.type': true;
    readonly 'host.id': false;
    readonly 'host.arch': false;
    readonly 'host.ip': false;
    readonly 'host.mac': false;
    readonly 'host.interface': false;
    readonly 'host.cpu.vendor.id': false;
    readonly 'host.cpu.family': false;
    readonly 'host.cpu.model.id': false;
    readonly 'host.cpu.model.name': false;
    readonly 'host.cpu.stepping': false;
    readonly 'host.cpu.cache.l2.size': false;
    readonly 'os.description': false;
    readonly 'os.name': false;
    readonly 'os.version': false;
    readonly 'os.build.id': false;
  };
  readonly process: {
    readonly 'process.pid': true;
    readonly 'process.parent_pid': true;
    readonly 'process.executable.name': true;
    readonly 'process.executable.path': true;
    readonly 'process.command': true;
    readonly 'process.command_args': false;
    readonly 'process.owner': true;
    readonly 'process.runtime.name': true;
    readonly 'process.runtime.version': true;
    readonly 'process.runtime.description': true;
  };
  readonly docker: {
    readonly 'host.name': true;
    readonly 'os.type': true;
    readonly 'container.name': false;
    readonly 'container.image.name': false;
  };
  readonly ec2: {
    readonly 'cloud.provider': true;
    readonly 'cloud.platform': true;
    readonly 'cloud.account.id': true;
    readonly 'cloud.region': true;
    readonly 'cloud.availability_zone': true;
    readonly 'host.id': true;
    readonly 'host.image.id': true;
    readonly 'host.name': true;
    readonly 'host.type': true;
  };
  readonly eks: {
    readonly 'cloud.provider': true;
    readonly 'cloud.platform': true;
    readonly 'cloud.account.id': false;
    readonly 'cloud.region': false;
    readonly 'cloud.availability_zone': false;
    readonly 'host.id': false;
    readonly 'host.image.id': false;
    readonly 'host.name': false;
    readonly 'host.type': false;
    readonly 'k8s.cluster.name': false;
  };
  readonly lambda: {
    readonly 'cloud.provider': true;
    readonly 'cloud.platform': true;
    readonly 'cloud.region': true;
    readonly 'faas.name': true;
    readonly 'faas.version': true;
    readonly 'faas.instance': true;
    readonly 'faas.max_memory': true;
    readonly 'aws.log.group.names': true;
    readonly 'aws.log.stream.names': true;
  };
  readonly gcp: {
    readonly 'cloud.provider': true;
    readonly 'cloud.platform': true;
    readonly 'cloud.account.id': true;
    readonly 'cloud.region': true;
    readonly 'cloud.availability_zone': true;
    readonly 'host.id': true;
    readonly 'host.name': true;
    readonly 'host.type': true;
    readonly 'k8s.cluster.name': true;
    readonly 'faas.id': false;
    readonly 'faas.name': true;
    readonly 'faas.version': true;
    readonly 'faas.instance': true;
    readonly 'gcp.cloud_run.job.execution': true;
    readonly 'gcp.cloud_run.job.task_index': true;
    readonly 'gcp.gce.instance.name': false;
    readonly 'gcp.gce.instance.hostname': false;
    readonly 'gcp.gce.instance_group_manager.name': true;
    readonly 'gcp.gce.instance_group_manager.region': true;
    readonly 'gcp.gce.instance_group_manager.zone': true;
  };
  readonly azure: {
    readonly 'cloud.provider': true;
    readonly 'cloud.platform': true;
    readonly 'cloud.region': true;
    readonly 'cloud.account.id': true;
    readonly 'cloud.availability_zone': false;
    readonly 'host.id': true;
    readonly 'host.name': true;
    readonly 'azure.vm.name': true;
    readonly 'azure.vm.size': true;
    readonly 'azure.vm.scaleset.name': true;
    readonly 'azure.resourcegroup.name': true;
  };
  readonly heroku: {
    readonly 'cloud.provider': true;
    readonly 'heroku.app.id': true;
    readonly 'heroku.dyno.id': true;
    readonly 'heroku.release.commit': true;
    readonly 'heroku.release.creation_timestamp': true;
    readonly 'service.instance.id': true;
    readonly 'service.name': true;
    readonly 'service.version': true;
  };
  readonly k8s_api: {
    readonly 'k8s.node.name': true;
    readonly 'k8s.node.uid': true;
  };
};

import type { ComponentKind } from '@tributary/component';

/**
 * The components that the Collector and its contributors' distribution have, by their type, so that
 * one that does not exist here is told apart from one that is misspelt.
 */
const known: Readonly<Record<ComponentKind, string>> = {
  receiver: `
    active_directory_ds activedirectoryds aerospike apache apachespark awscloudwatch awscontainerinsightreceiver
    awsecscontainermetrics awsfirehose awslambda awss3 awsxray azureblob azureeventhub azuremonitor bigip carbon
    chrony ciscoos cloudflare cloudfoundry collectd couchdb datadog docker_stats elasticsearch envoyals expvar
    faro file filelog file_log filestats flinkmetrics fluentforward fluent_forward github gitlab
    googlecloudmonitoring googlecloudpubsub googlecloudpubsubpush googlecloudspanner haproxy hostmetrics
    host_metrics httpcheck http_check huaweicloudcesreceiver icmpcheckreceiver iis influxdb jaeger jmx journald
    k8s_cluster k8s_events k8slog k8sobjects kafka kafkametrics kubeletstats libhoney loki macosunifiedlogging
    memcached mongodb mongodbatlas mysql namedpipe netflow nginx nop nsxt ntp oracledb osquery otelarrow otlp
    otlpjsonfile otlp_json_file podman_stats postgresql pprof prometheus prometheusremotewrite
    prometheus_remote_write prometheus_simple pulsar purefa purefb rabbitmq receiver_creator redfish redis
    riak saphana signalfx simpleprometheus skywalking snmp snowflake solace splunk_hec splunkenterprise
    sqlquery sqlserver sshcheck statsd stef syslog systemd tcpcheck tcplog tlscheck tracing udplog vcenter vcr
    wavefront webhookevent windowseventlog windowsperfcounters windowsservice yanggrpc zipkin zookeeper`,
  processor: `
    attributes batch coralogix cumulativetodelta deltatocumulative deltatorate dnslookup drain filter geoip
    groupbyattrs groupbytrace interval isolationforest k8sattributes k8s_attributes logdedup logstransform
    lookup memory_limiter metricsgeneration metricstarttime metricstransform probabilistic_sampler queuebatch
    redaction remotetap resource resourcedetection resource_detection routing schema span spanpruning
    spanmetrics sumologic tail_sampling transform unroll`,
  exporter: `
    alertmanager alibabacloud_logservice awscloudwatchlogs awsemf awskinesis awss3 awsxray azureblob
    azuredataexplorer azuremonitor bmchelix carbon cassandra clickhouse coralogix datadog dataset debug doris
    elasticsearch faro file googlecloud googlecloudpubsub googlecloudstorage googlemanagedprometheus
    honeycombmarker influxdb jaeger kafka load_balancing loadbalancing logicmonitor logzio loki mezmo nop
    opensearch otelarrow otlp otlp_grpc otlp_http otlphttp prometheus prometheusremotewrite
    prometheus_remote_write pulsar rabbitmq sapm sematext sentry signalfx skywalking splunk_hec stef sumologic
    syslog tencentcloud_logservice tinybird yandexcloud zipkin`,
  connector: `
    count datadog exceptions failover forward grafanacloud metricsaslogs otlpjson otlp_json roundrobin round_robin
    routing servicegraph service_graph signaltometrics signal_to_metrics slowsql spanmetrics span_metrics sum`,
  extension: `
    ack asapclient avro_log_encoding aws_logs_encoding awscloudwatchmetricstreams_encoding awsproxy
    azure_auth azure_encoding basicauth bearertokenauth cfgarden cgroupruntime db_storage docker_observer
    ecs_observer ecs_task_observer file_storage google_cloud_logentry_encoding googleclientauth headers_setter
    health_check healthcheckv2 host_observer http_forwarder jaeger_encoding jaegerremotesampling
    json_log_encoding k8s_leader_elector k8s_observer kafka_topics_observer memory_ballast memory_limiter
    oauth2client oidc opamp otlp_encoding pprof redis_storage remotetap sigv4auth skywalking_encoding
    solarwindsapmsettings sumologic text_encoding zipkin_encoding zpages`,
};
const byKind = new Map(
  Object.entries(known).map(([kind, names]) => [kind, new Set(names.trim().split(/\s+/))] as const),
);

/** Whether the Collector has a component of this kind and type. */
export function isKnownToCollector(kind: ComponentKind, type: string): boolean {
  return byKind.get(kind)?.has(type) === true;
}

/** TLS settings as completed config: the Collector's own keys, each read at start. */
export interface TlsCommonSettings {
  readonly ca_file?: string | undefined;
  readonly ca_pem?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly cert_pem?: string | undefined;
  readonly key_file?: string | undefined;
  readonly key_pem?: string | undefined;
  readonly min_version?: '1.0' | '1.1' | '1.2' | '1.3' | undefined;
  readonly max_version?: '1.0' | '1.1' | '1.2' | '1.3' | undefined;
}

export interface TlsClientSettings extends TlsCommonSettings {
  /** Plaintext, unless a CA is set. */
  readonly insecure: boolean;
  readonly insecure_skip_verify: boolean;
  readonly server_name_override?: string | undefined;
}

export interface TlsServerSettings extends TlsCommonSettings {
  /** Asks for client certificates and verifies them against this CA. */
  readonly client_ca_file?: string | undefined;
}

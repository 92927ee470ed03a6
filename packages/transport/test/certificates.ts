import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** Whether certificates can be made here; a run that must be complete fails without. */
export const hasOpenssl: boolean = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['CI'] !== undefined) throw new Error('the TLS tests need the openssl program');
    console.warn('TLS tests are skipped: there is no openssl program');
    return false;
  }
})();

export interface Identity {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Authority {
  readonly caFile: string;
  /** Makes a certificate for names such as `DNS:localhost,IP:127.0.0.1`. */
  issue(name: string, subjectAltName: string): Identity;
}

/** A folder of certificates that live for a day. */
export class Certificates {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'tributary-certificates-'));

  file(name: string, content = ''): string {
    const path = join(this.folder, name);
    if (content !== '') writeFileSync(path, content);
    return path;
  }

  authority(name: string): Authority {
    const caFile = this.file(`${name}.pem`);
    const caKey = this.file(`${name}.key`);
    openssl([...newKey(caKey), '-x509', '-days', '1', '-subj', `/CN=${name}`, '-out', caFile]);
    return {
      caFile,
      issue: (leaf, subjectAltName) => {
        const [certFile, keyFile, request] = [`${leaf}.pem`, `${leaf}.key`, `${leaf}.csr`].map((file) =>
          this.file(`${name}-${file}`),
        ) as [string, string, string];
        const extensions = this.file(`${name}-${leaf}.ext`, `subjectAltName=${subjectAltName}\n`);
        openssl([...newKey(keyFile), '-subj', `/CN=${leaf}`, '-out', request]);
        openssl(
          `x509 -req -days 1 -in ${request} -CA ${caFile} -CAkey ${caKey} -CAcreateserial -extfile ${extensions} -out ${certFile}`.split(
            ' ',
          ),
        );
        return { certFile, keyFile };
      },
    };
  }

  read(path: string): string {
    return readFileSync(path, 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** What a server of node:tls and its client need to trust each other. */
export interface TestServerTls {
  readonly caFile: string;
  readonly identity: { readonly cert: Buffer; readonly key: Buffer };
}

/** Made before the tests of a group, for names such as `DNS:localhost,IP:127.0.0.1`; removed after them. */
export function testServerTls(subjectAltName: string): () => TestServerTls {
  let certificates: Certificates;
  let made: TestServerTls;
  beforeAll(() => {
    certificates = new Certificates();
    const authority = certificates.authority('ours');
    const { certFile, keyFile } = authority.issue('server', subjectAltName);
    made = {
      caFile: authority.caFile,
      identity: { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    };
  });
  afterAll(() => certificates.remove());
  return () => made;
}

function newKey(path: string): string[] {
  return `req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${path}`.split(' ');
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

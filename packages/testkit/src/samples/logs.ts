import { Logs } from '@tributary/pdata';
import { seededRandom, pick } from '../random.js';
import { defaultStartMs, nanos, resourceOf, routeOf, scopeOf, services, type SampleOptions } from './shop.js';

/** Access logs, one in twenty of which tells of an error. */
export function sampleLogs(options: SampleOptions & { readonly records: number }): Logs {
  const { records, startMs = defaultStartMs, seed } = options;
  const random = seededRandom(seed);
  const logs = Logs.create();
  const scopes = services.map((service) =>
    logs.addResourceLogs({ resource: resourceOf(service) }).addScope({ scope: scopeOf('access') }),
  );
  for (let n = 0; n < records; n++) {
    const hasFailed = random() < 0.05;
    const route = routeOf(random);
    pick(scopes, random).add({
      timeUnixNano: nanos(startMs + n, random),
      severityNumber: hasFailed ? 'error' : 'info',
      severityText: hasFailed ? 'ERROR' : 'INFO',
      body: `GET ${route} ${hasFailed ? 500 : 200} in ${Math.floor(random() * 900)} ms`,
      attributes: { 'http.route': route },
    });
  }
  return logs;
}
